// Builds what the server serves to pages without a bundler: /artfresh.js, and the same under the version's name, into the folder that the
// argument names. With `--readme` it writes the file's integrity into README.md.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));

/** In one file, so that the integrity is that of all of it. */
export async function script() {
  const { outputFiles } = await build({
    entryPoints: [`${here}src/page/script.ts`],
    absWorkingDir: here,
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
  });
  const code = outputFiles[0].contents;
  return { code, integrity: `sha384-${createHash("sha384").update(code).digest("base64")}`, version };
}

/** README's tag for this version. */
export const tagOf = ({ integrity, version: named }) =>
  `src="https://art.example.org/artfresh-${named}.js"\n  integrity="${integrity}"`;
export const tagPattern = /src="https:\/\/art\.example\.org\/artfresh-.*\.js"\n {2}integrity=".*"/;

async function run(argument) {
  const made = await script();
  if (argument === "--readme") {
    const readme = readFileSync(`${here}README.md`, "utf8");
    writeFileSync(`${here}README.md`, readme.replace(tagPattern, tagOf(made)));
    return;
  }
  mkdirSync(argument, { recursive: true });
  for (const name of ["artfresh", `artfresh-${made.version}`])
    writeFileSync(`${argument}/${name}.js`, made.code);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await run(process.argv[2]);
