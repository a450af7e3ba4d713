// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import {
  canFillScreen,
  fillsScreen,
  leaveFullScreen,
  onFullScreenChange,
  toggleFullScreen,
} from "../src/screen/fullScreen.js";

const given: [object, string][] = [];

/** Gives the page what a browser has, until the test is over. */
function have(target: object, members: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(members)) {
    given.push([target, name]);
    Object.defineProperty(target, name, { configurable: true, writable: true, value });
  }
}

afterEach(() => {
  for (const [target, name] of given.splice(0)) Reflect.deleteProperty(target, name);
});

it("uses the prefixed methods where only these are known", async () => {
  have(document, {
    fullscreenEnabled: undefined,
    fullscreenElement: undefined,
    exitFullscreen: undefined,
    webkitFullscreenEnabled: true,
    webkitFullscreenElement: null,
    webkitExitFullscreen: () => show(null),
  });
  have(document.documentElement, {
    requestFullscreen: undefined,
    webkitRequestFullscreen: () => show(document.documentElement),
  });
  function show(shown: Element | null): void {
    have(document, { webkitFullscreenElement: shown });
    document.dispatchEvent(new Event("webkitfullscreenchange"));
  }
  const states: boolean[] = [];
  onFullScreenChange(() => states.push(fillsScreen()));

  expect(canFillScreen()).toBe(true);
  toggleFullScreen();
  toggleFullScreen();
  toggleFullScreen();
  await leaveFullScreen();
  await leaveFullScreen();
  expect(states).toEqual([true, false, true, false]);
});

it("stays as it is where a browser refuses, or has no full screen", async () => {
  const requestFullscreen = vi.fn(() => Promise.reject(new TypeError("no gesture")));
  have(document, { fullscreenEnabled: true, fullscreenElement: null });
  have(document.documentElement, { requestFullscreen });
  toggleFullScreen();
  await leaveFullScreen();
  expect(requestFullscreen).toHaveBeenCalledOnce();

  have(document, { fullscreenEnabled: undefined });
  have(document.documentElement, { requestFullscreen: undefined });
  toggleFullScreen();
  expect([canFillScreen(), fillsScreen()]).toEqual([false, false]);
});
