import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };

const folder = fileURLToPath(new URL("..", import.meta.url));

test("the package holds the compiled library with its types, and nothing else", async () => {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"], { cwd: folder });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[")));
  const paths: string[] = packed.files.map(({ path }: { path: string }) => path);
  const strange = paths.filter(
    (path) => !/^(dist\/([a-z]+\/)?\w+\.(js|d\.ts)|README\.md|LICENSE|package\.json)$/.test(path),
  );
  expect(strange).toEqual([]);
  for (const { types, default: code } of Object.values(manifest.exports))
    for (const path of [types, code]) expect(paths).toContain(path.slice(2));
});

test("it depends on nothing at run time, and may be shaken", () => {
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest.sideEffects).toBe(false);
});
