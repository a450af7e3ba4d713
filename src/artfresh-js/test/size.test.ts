import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test, vi } from "vitest";

// A bundler, on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000 });

const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

/** What a page's code weighs, minified and gzipped: what it has to wait for, and what is loaded beside it. */
async function bundle(code: string, external: string[] = []): Promise<{ first: number; later: number }> {
  const result = (await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "page",
        resolveId: (id: string) => (id === "page" ? id : null),
        load: (id: string) => (id === "page" ? code : null),
      },
    ],
    build: {
      write: false,
      // Without it Vite adds a helper of its own to each dynamic import.
      ssr: true,
      minify: true,
      target: "es2022",
      rolldownOptions: { input: "page", external, preserveEntrySignatures: "strict" },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = result.output.filter((output) => output.type === "chunk");
  const entry = chunks.find(({ isEntry }) => isEntry);
  const sizeOf = (some: typeof chunks) =>
    some.reduce((sum, { code: minified }) => sum + gzipSync(minified, { level: 9 }).length, 0);
  const isFirst = (chunk: (typeof chunks)[0]) => chunk === entry || entry?.imports.includes(chunk.fileName);
  return {
    first: sizeOf(chunks.filter(isFirst)),
    later: sizeOf(chunks.filter((chunk) => !isFirst(chunk))),
  };
}

test("the React adapter is at most 1 KiB more than the core", async () => {
  const code = `export { createClient, ArtFreshError } from ${JSON.stringify(source("index.ts"))}; export { createStock, whenSeen } from ${JSON.stringify(source("stock.ts"))};`;
  const core = await bundle(code);
  const both = await bundle(
    `${code} export { useFreshArt, useImpression } from ${JSON.stringify(source("page/react.ts"))}`,
    ["react"],
  );
  expect(core.first).toBeGreaterThan(2048);
  expect(both.first).toBeLessThanOrEqual(core.first + 1024);
});

test("a page that uses one thing is not given the others", async () => {
  const error = await bundle(`export { ArtFreshError } from ${JSON.stringify(source("index.ts"))}`);
  expect(error.first).toBeLessThan(300);
  expect(error.later).toBe(0);
  const hook = await bundle(`export { useImpression } from ${JSON.stringify(source("page/react.ts"))}`, [
    "react",
  ]);
  expect(hook.first).toBeLessThan(900);
});
