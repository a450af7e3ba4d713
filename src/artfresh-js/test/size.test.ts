import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test, vi } from "vitest";

// A bundler, on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000 });

const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

/** A page's code as Vite makes it: minified, in bytes after gzip. */
async function bundle(code: string, external: string[] = []): Promise<number> {
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
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: "page", external, preserveEntrySignatures: "strict" },
    },
  })) as Rolldown.RolldownOutput;
  const { code: minified } = result.output[0];
  expect(result.output).toHaveLength(1);
  return gzipSync(minified, { level: 9 }).length;
}

test("the core is at most 4 KiB, gzipped", async () => {
  const core = await bundle(
    `export { createClient, ArtFreshError } from ${JSON.stringify(source("index.ts"))}`,
  );
  expect(core).toBeLessThanOrEqual(4096);
  expect(core).toBeGreaterThan(2048);
});

test("the React adapter is at most 1 KiB more", async () => {
  const both = await bundle(
    `export { createClient, ArtFreshError } from ${JSON.stringify(source("index.ts"))};
     export { useArtFresh, useImpression } from ${JSON.stringify(source("react.ts"))}`,
    ["react"],
  );
  expect(both).toBeLessThanOrEqual(4096 + 1024);
});

test("a page that uses one thing is not given the others", async () => {
  const error = await bundle(`export { ArtFreshError } from ${JSON.stringify(source("index.ts"))}`);
  expect(error).toBeLessThan(300);
  const hook = await bundle(`export { useImpression } from ${JSON.stringify(source("react.ts"))}`, ["react"]);
  expect(hook).toBeLessThan(250);
});
