// @vitest-environment happy-dom
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StrictPage } from "./strictPage.js";

beforeEach(() => void vi.spyOn(HTMLImageElement.prototype, "decode").mockResolvedValue());
afterEach(() => void vi.restoreAllMocks());

const web = resolve(import.meta.dirname, "../..");

/** In a process of its own, as esbuild refuses to run where there is a document. */
async function bundle(aliases: string[]): Promise<() => StrictPage> {
  const { stdout } = await promisify(execFile)(
    `${web}/node_modules/.bin/esbuild`,
    [
      `${web}/artfresh-js/test/strictPage.tsx`,
      "--bundle",
      "--format=iife",
      "--global-name=made",
      "--jsx=automatic",
      '--define:process.env.NODE_ENV="development"',
      ...aliases.map((alias) => `--alias:${alias}`),
    ],
    { maxBuffer: 2 ** 26, cwd: web },
  );
  return new Function(`${stdout}; return made.createStrictPage;`)();
}

test.each([
  ["18", ["react=react-18", "react-dom=react-dom-18"]],
  ["19", []],
])("React %s in StrictMode records what it shows, once, and spends little more", async (version, aliases) => {
  const page = (await bundle(aliases))();
  expect(page.react).toMatch(new RegExp(`^${version}\\.`));
  const host = document.body.appendChild(document.createElement("main"));
  const text = () => host.textContent;
  const click = () => host.querySelector("button")?.click();

  const leave = page.open(host);
  for (let id = 1; id <= 5; id++) {
    await vi.waitFor(() => expect(text()).toBe(`${id}`));
    click();
  }
  await vi.waitFor(() => expect(text()).toBe("6"));
  await page.client.flush();
  leave();
  // A route that comes back goes on.
  const leaveAgain = page.open(host);
  await vi.waitFor(() => expect(text()).toBe("7"));
  leaveAgain();
  await page.end();

  expect(page.server.recorded).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(page.client.stats).toMatchObject({ displayed: 7, delivered: 7, repeats: 0, duplicates: 0 });
  expect(page.server.givenBack).toHaveLength(page.server.served - 7);
  page.client.close();
  host.remove();
});
