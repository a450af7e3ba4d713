import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { script, tagOf } from "../script.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));
const web = fileURLToPath(new URL("../..", import.meta.url));

test("each example of the README compiles as it stands", async () => {
  const readme = await readFile(`${folder}README.md`, "utf8");
  const examples = [...readme.matchAll(/```(ts|tsx|js|jsx)\n([\s\S]*?)```/g)];
  expect(examples.length).toBeGreaterThan(2);
  // Below the packages that the examples import.
  const cache = `${web}node_modules/.cache`;
  await mkdir(cache, { recursive: true });
  const page = await mkdtemp(`${cache}/artfresh-readme-`);
  try {
    for (const [i, [, kind, code = ""]] of examples.entries())
      await writeFile(`${page}/example${i}.${kind}`, `${code}\nexport {};\n`);
    const source = `${folder}src`;
    const compilerOptions = {
      noEmit: true,
      allowJs: true,
      checkJs: true,
      // Settings of this repository that are not the reader's.
      isolatedDeclarations: false,
      declaration: false,
      jsx: "react-jsx",
      paths: {
        artfresh: [`${source}/index.ts`],
        "artfresh/stock": [`${source}/stock.ts`],
        "artfresh/testing": [`${source}/testing.ts`],
        "artfresh/react": [`${source}/page/react.ts`],
        "artfresh/element": [`${source}/page/element.ts`],
      },
    };
    await writeFile(
      `${page}/tsconfig.json`,
      JSON.stringify({ extends: `${web}tsconfig.base.json`, compilerOptions, include: ["."] }),
    );
    const compiled = await promisify(execFile)(`${web}node_modules/.bin/tsc`, ["-p", page]).catch(
      (failed) => failed,
    );
    expect([compiled.code, compiled.stdout]).toEqual([undefined, ""]);
  } finally {
    await rm(page, { recursive: true });
  }
});

test("the README has the integrity of the file that the server serves: npm run integrity -w artfresh writes it", async () => {
  expect(await readFile(`${folder}README.md`, "utf8")).toContain(tagOf(await script()));
});
