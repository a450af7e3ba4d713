// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCalm } from "../src/screen/calm.js";
import { createCaption } from "../src/screen/caption.js";
import { createIdle } from "../src/screen/idle.js";

const isIdle = () => document.body.dataset.idle !== undefined;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<section id="controls"><button id="calm" type="button"></button></section><p id="caption"></p>`;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("controls at rest", () => {
  it("keep the focus, and are seen again with the next one", () => {
    createIdle(() => true);
    const button = document.getElementById("calm");
    button?.focus();
    vi.advanceTimersByTime(9001);
    expect(isIdle()).toBe(true);
    expect(document.activeElement).toBe(button);
    button?.blur();
    button?.focus();
    expect(isIdle()).toBe(false);
  });
});

describe("calm", () => {
  it("is on where the system asks for reduced motion, until the listener chooses", () => {
    const system = Object.assign(new EventTarget(), { matches: true });
    vi.stubGlobal("matchMedia", () => system);
    const applied: boolean[] = [];
    const toggle = createCalm((isCalm) => applied.push(isCalm));
    const button = document.getElementById("calm");
    const change = (matches: boolean) => {
      system.matches = matches;
      system.dispatchEvent(new Event("change"));
      return applied.at(-1);
    };
    expect(applied).toEqual([true]);
    expect(button?.getAttribute("aria-pressed")).toBe("true");
    expect(change(false)).toBe(false);
    button?.click();
    expect(applied.at(-1)).toBe(true);
    expect(change(false)).toBe(true);
    toggle();
    expect(change(true)).toBe(false);
  });
});

describe("captions", () => {
  it("say the last of what follows each other quickly", () => {
    const say = createCaption();
    const line = document.getElementById("caption");
    const said: (string | null)[] = [];
    for (const title of ["One", "Two", "Three"]) {
      say(title);
      vi.advanceTimersByTime(300);
      said.push(line?.textContent ?? null);
    }
    expect(said).toEqual(["", "", ""]);
    vi.advanceTimersByTime(700);
    expect(line?.textContent).toBe("Three");
  });
});
