// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { keepScreenAwake } from "../src/screen/wakeLock.js";

afterEach(() => vi.unstubAllGlobals());

it("holds no lock once the art is paused, even if it is granted later", async () => {
  const locks: { released: boolean }[] = [];
  let grant: () => void = () => {};
  const request = () =>
    new Promise((resolve) => {
      grant = () => {
        const lock = {
          released: false,
          async release() {
            lock.released = true;
          },
        };
        locks.push(lock);
        resolve(lock);
      };
    });
  vi.stubGlobal("navigator", { wakeLock: { request } });
  let isNeeded = true;
  const update = keepScreenAwake(() => isNeeded);
  update();
  await new Promise((resolve) => setTimeout(resolve));
  isNeeded = false;
  update();
  await new Promise((resolve) => setTimeout(resolve));
  grant();
  await vi.waitFor(() => expect(locks.map(({ released }) => released)).toEqual([true]));
});
