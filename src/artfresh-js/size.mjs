// What a page loads of the client, minified and gzipped, measured from README's first example with two bundlers. Exits 1 above a ceiling.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const entries = {
  artfresh: here("src/index.ts"),
  "artfresh/stock": here("src/stock.ts"),
  "artfresh/element": here("src/page/element.ts"),
  "artfresh/vue": here("src/page/vue.ts"),
  "artfresh/svelte": here("src/page/svelte.ts"),
};
const readme = await readFile(here("README.md"), "utf8");
const [, example] = /```ts\n(import [\s\S]*?)```/.exec(readme);
const [, element] = /<script type="module">\n([\s\S]*?)<\/script>/.exec(readme);

const weigh = (code) => gzipSync(code, { level: 9 }).length;

/** What a page loads when it needs it, which the example does not: the listener's own art, accounts and consent; art without a network. */
const isOnDemand = (source) => /src\/(person|art\/improvise)/.test(source ?? "");

/** Bytes of what `files` (name to {code, imports, source}) load at first from `entry`, of what the page loads later, and of what it loads on demand. */
function sizesOf(files, entry) {
  const first = new Set();
  const visit = (name) => {
    if (first.has(name)) return;
    first.add(name);
    files.get(name)?.imports.forEach(visit);
  };
  visit(entry);
  const sum = (names) => names.reduce((total, name) => total + weigh(files.get(name).code), 0);
  const names = [...files.keys()];
  return {
    first: sum(names.filter((name) => first.has(name))),
    later: sum(names.filter((name) => !first.has(name) && !isOnDemand(files.get(name).source))),
    onDemand: sum(names.filter((name) => isOnDemand(files.get(name).source))),
  };
}

async function withEsbuild(code) {
  const { outputFiles, metafile } = await esbuild({
    stdin: { contents: code, resolveDir: here("."), sourcefile: "page.js", loader: "ts" },
    alias: entries,
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
    metafile: true,
    outdir: here("out"),
    absWorkingDir: here("."),
  });
  const files = new Map();
  let entry = "";
  for (const [name, { imports, entryPoint }] of Object.entries(metafile.outputs)) {
    const output = outputFiles.find(({ path }) => path === here(name));
    const loaded = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
    files.set(name, { code: output.text, imports: loaded, source: entryPoint });
    if (entryPoint?.endsWith("page.js")) entry = name;
  }
  return sizesOf(files, entry);
}

async function withVite(code) {
  const { output } = await vite({
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: Object.entries(entries).map(([name, path]) => ({
        find: new RegExp(`^${name}$`),
        replacement: path,
      })),
    },
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === "page" ? id : null),
        load: (id) => (id === "page" ? code : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: "es2022",
      // Off, as its helper is Vite's own code and not the client's.
      modulePreload: false,
      rolldownOptions: { input: "page" },
    },
  });
  const chunks = output.filter(({ type }) => type === "chunk");
  const files = new Map(
    chunks.map(({ fileName, code: minified, imports, facadeModuleId }) => [
      fileName,
      { code: minified, imports, source: facadeModuleId },
    ]),
  );
  return sizesOf(files, chunks.find(({ isEntry }) => isEntry).fileName);
}

const kib = 1024;
/**
 * In one file the first would be 6 KiB: sending 1.25, the outbox 0.85, calls and repetition 0.85, requests for art 0.5, the session 0.45, options 0.3,
 * and the client that joins them. Sending stays in it: a page whose later parts are gone, because a new release has replaced them, must still deliver.
 * So does all that delivers what dead pages left, in the journal's part: a page that leads and cannot load it would keep the others from it.
 * `showOn` and its stock are loaded while the page goes on. Vite adds 0.5 KiB of its own around `import()`, and esbuild 0.4 KiB, as it puts what two
 * parts share into files of their own: the journal's part is given what it needs, rather than importing it.
 */
const bundlers = [
  { name: "esbuild", bundle: withEsbuild },
  { name: "Vite", bundle: withVite },
];
const firstMax = 6.65 * kib;
const laterMax = 8 * kib;
const onDemandMax = 3.5 * kib;
const addedMax = 1 * kib;
/** What a page imports beside the example. */
const added = {
  "the element": element,
  "Vue's directive": `${example}\nimport { vFreshArt } from "artfresh/vue";\nconsole.log(vFreshArt);`,
  "Svelte's action": `${example}\nimport { freshArt } from "artfresh/svelte";\nconsole.log(freshArt);`,
};

for (const { name, bundle } of bundlers) {
  const page = await bundle(example);
  const more = Object.entries(added).map(async ([what, code]) => [
    `${what}, more than the example`,
    (await bundle(code)).first - page.first,
    addedMax,
  ]);
  const rows = [
    ["README's example, at first", page.first, firstMax],
    ["README's example, later", page.later, laterMax],
    ["on demand", page.onDemand, onDemandMax],
    ...(await Promise.all(more)),
  ];
  for (const [what, size, ceiling] of rows) {
    const isOver = size > ceiling;
    if (isOver) process.exitCode = 1;
    console.log(`${name}: ${what}: ${size} of ${ceiling} bytes${isOver ? ": TOO LARGE" : ""}`);
  }
}
