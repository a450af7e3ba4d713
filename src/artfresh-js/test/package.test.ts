import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import player from "../../player/package.json" with { type: "json" };
import manifest from "../package.json" with { type: "json" };

const folder = fileURLToPath(new URL("..", import.meta.url));

test("the package holds the compiled library with its types and source maps, and nothing else", async () => {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"], { cwd: folder });
  // npm prints what the build said before it.
  const packed = JSON.parse(stdout.slice(stdout.search(/^[[{]$/m)));
  const [{ files }] = Array.isArray(packed) ? packed : Object.values(packed);
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  const strange = paths.filter(
    (path) =>
      !/^(dist\/([a-z]+\/){0,2}\w+\.(js|d\.ts|js\.map)|((dist\/cjs|stock|react|element|vue|svelte|debug|testing)\/)?package\.json|README\.md|LICENSE)$/.test(
        path,
      ),
  );
  expect(strange).toEqual([]);
  for (const target of Object.values(manifest.exports))
    for (const { types, default: code } of typeof target === "string" ? [] : Object.values(target))
      for (const path of [types, code]) expect(paths).toContain(path.slice(2));
  expect(paths).toContain("dist/index.js.map");

  // Both kinds of module load by the package's name, each entry of them.
  const run = promisify(execFile);
  const { stdout: required } = await run(process.execPath, [
    "-e",
    'console.log(typeof require("artfresh").createClient, typeof require("artfresh/react").useFreshArt, typeof require("artfresh/element").defineArtFresh)',
  ]);
  expect(required.trim()).toBe("function function function");
  const { stdout: imported } = await run(process.execPath, [
    "--input-type=module",
    "-e",
    'import { createClient } from "artfresh"; import { useFreshArt } from "artfresh/react"; import { defineArtFresh } from "artfresh/element"; console.log(typeof createClient, typeof useFreshArt, typeof defineArtFresh)',
  ]);
  expect(imported.trim()).toBe("function function function");
});

test("it depends on nothing at run time, and may be shaken", () => {
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest.sideEffects).toBe(false);
});

test("its version is the one of Directory.Build.props", async () => {
  const props = await readFile(new URL("../../../Directory.Build.props", import.meta.url), "utf8");
  expect(manifest.version).toBe(/<Version>(.*)<\/Version>/.exec(props)?.[1]);
  // The player is not published and has no version to go out of step.
  expect(player).not.toHaveProperty("version");
  expect(player.dependencies.artfresh).toBe("*");
});
