// @vitest-environment happy-dom
import { expect, it } from "vitest";
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
