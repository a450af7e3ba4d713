// @vitest-environment happy-dom
import { afterEach, expect, it, vi } from "vitest";
import { listenToGestures } from "../src/screen/gestures.js";

const done: string[] = [];
const note = (name: string) => (): void => {
  done.push(name);
};

function wallOfOne(): HTMLElement {
  done.length = 0;
  const wall = document.createElement("div");
  listenToGestures(wall, {
    next: note("next"),
    previous: note("previous"),
    tap: note("tap"),
    doubleTap: note("doubleTap"),
    doubleClick: note("doubleClick"),
    openMenu: note("openMenu"),
    openKept: note("openKept"),
    openHistory: note("openHistory"),
  });
  return wall;
}

function touch(wall: HTMLElement, atMs: number, pointerType = "touch"): void {
  for (const type of ["pointerdown", "pointerup"]) {
    const event = new PointerEvent(type, { pointerId: 1, pointerType, isPrimary: true });
    Object.defineProperty(event, "timeStamp", { value: atMs });
    wall.dispatchEvent(event);
  }
}

it("two taps soon after each other are a double tap, and a third is a tap again", () => {
  const wall = wallOfOne();
  touch(wall, 1000);
  touch(wall, 1200);
  touch(wall, 1400);
  touch(wall, 3000);
  expect(done).toEqual(["tap", "doubleTap", "tap", "tap"]);
});

it("a double click is the mouse's alone", () => {
  const wall = wallOfOne();
  touch(wall, 1000);
  wall.dispatchEvent(new MouseEvent("dblclick"));
  touch(wall, 2000, "mouse");
  wall.dispatchEvent(new MouseEvent("dblclick"));
  expect(done).toEqual(["tap", "doubleClick"]);
});

afterEach(() => vi.useRealTimers());

const point = (wall: HTMLElement, type: string, clientY: number): boolean =>
  wall.dispatchEvent(
    new PointerEvent(type, { pointerId: 1, pointerType: "touch", isPrimary: true, clientX: 100, clientY }),
  );

it("a touch that rests opens the menu, and is no tap when it ends", () => {
  vi.useFakeTimers();
  const wall = wallOfOne();
  point(wall, "pointerdown", 100);
  point(wall, "pointermove", 104);
  vi.advanceTimersByTime(600);
  point(wall, "pointerup", 104);
  expect(done).toEqual(["openMenu"]);
});

it("a swipe up opens the kept works, a swipe down what was shown, and neither the menu", () => {
  vi.useFakeTimers();
  const wall = wallOfOne();
  for (const to of [20, 180]) {
    point(wall, "pointerdown", 100);
    point(wall, "pointermove", to);
    vi.advanceTimersByTime(600);
    point(wall, "pointerup", to);
  }
  expect(done).toEqual(["openKept", "openHistory"]);
});

it("the finger that has opened the menu presses nothing in it where it is lifted", () => {
  vi.useFakeTimers();
  const wall = wallOfOne();
  const item = document.createElement("button");
  item.addEventListener("click", () => done.push("pressed"));
  document.body.append(item);
  point(wall, "pointerdown", 100);
  vi.advanceTimersByTime(600);
  item.click();
  expect(done).toEqual(["openMenu"]);
  item.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  item.click();
  expect(done).toEqual(["openMenu", "pressed"]);
});
