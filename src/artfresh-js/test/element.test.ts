// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Artwork, Client } from "../src/index.js";
import { defineArtFresh } from "../src/page/element.js";

const observers = new Set<(entries: object[]) => void>();
let inView: number;
let nextId: number;
let order: string[];
let names = 0;
let client: Client;
const takers = new Set<(ids: number[]) => void>();

const entry = () => ({
  isIntersecting: inView > 0,
  intersectionRect: { width: 100, height: 100 * inView },
  boundingClientRect: { width: 100, height: 100 },
  rootBounds: { width: 1000, height: 1000 },
});
/** So much of each element is in view. */
function see(share: number) {
  inView = share;
  for (const tell of [...observers]) tell([entry()]);
}

beforeEach(() => {
  vi.useFakeTimers();
  nextId = 1;
  order = [];
  inView = 0;
  observers.clear();
  const recorded = new Set<number>();
  client = {
    whenListenerChanges: () => () => {},
    whenWithdrawn: (taken: (ids: number[]) => void) => {
      takers.add(taken);
      return () => takers.delete(taken);
    },
    fresh: vi.fn(async ({ count = 1 } = {}) =>
      Array.from({ length: count }, () => {
        const id = nextId++;
        return {
          id,
          imageUrl: `/art/${id}.png`,
          mood: { valence: 0.5, energy: 0.5 },
          title: `No. ${id}`,
        } as Artwork;
      }),
    ),
    hasShown: (id: number) => recorded.has(id),
    impression: async (id: number) => {
      recorded.add(id);
      order.push(`recorded ${id}`);
    },
  } as unknown as Client;
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(readonly tell: (entries: object[]) => void) {}
      observe() {
        observers.add(this.tell);
        void Promise.resolve().then(() => observers.has(this.tell) && this.tell([entry()]));
      }
      disconnect() {
        observers.delete(this.tell);
      }
    },
  );
  // Pictures that are there at once.
  vi.spyOn(HTMLImageElement.prototype, "decode").mockResolvedValue();
});
afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Puts the element on the page under a name of its own: definitions are for good. */
function hang(attributes: Record<string, string> = {}) {
  const name = `art-fresh-${++names}`;
  defineArtFresh(client, name);
  const element = document.createElement(name) as HTMLElement & { next(): Promise<void> };
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.addEventListener("artwork", (event) =>
    order.push(`shown ${(event as CustomEvent<Artwork>).detail.id}`),
  );
  document.body.append(element);
  return element;
}
const pass = async (ms = 0) => {
  // What shows art is loaded with the first element.
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(ms);
};
const picture = (element: HTMLElement) => element.shadowRoot?.querySelector("img");

test("the first artwork is shown as soon as the element is in view, and recorded when it was seen for a second", async () => {
  const element = hang();
  await pass(60_000);
  expect([order, client.fresh]).toEqual([
    [],
    expect.objectContaining({ mock: expect.objectContaining({ calls: [] }) }),
  ]);
  see(1);
  await pass();
  expect(order).toEqual(["shown 1"]);
  expect(picture(element)?.getAttribute("src")).toBe("/art/1.png");
  expect(picture(element)?.alt).toBe("No. 1");
  await pass(1000);
  expect(order).toEqual(["shown 1", "recorded 1"]);
});

test("it changes every so many seconds, in a page that is looked at", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(false);
  hang({ every: "5" });
  see(1);
  await pass(10_100);
  expect(order.filter((line) => line.startsWith("shown"))).toEqual(["shown 1", "shown 2", "shown 3"]);
  hidden.mockReturnValue(true);
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(60_000);
  expect(order.filter((line) => line.startsWith("shown"))).toHaveLength(3);
  see(0);
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await pass(60_000);
  expect(order.filter((line) => line.startsWith("recorded"))).toEqual(["recorded 1", "recorded 2"]);
  see(1);
  await pass(1500);
  expect(order.slice(-2)).toEqual(["recorded 3", "shown 4"]);
});

test("after an outage it changes once, and not once for each time that it missed", async () => {
  const { fresh } = client;
  client.fresh = () => Promise.reject(new Error("down"));
  hang({ every: "0.15" });
  see(1);
  await pass(60_000);
  expect(order).toEqual([]);
  client.fresh = fresh;
  await pass(20_000);
  const shown = order.filter((line) => line.startsWith("shown")).length;
  expect(shown).toBeGreaterThan(0);
  expect(order.filter((line) => line.startsWith("recorded")).length).toBeGreaterThanOrEqual(shown - 1);
});

test("with every=0 it changes only by next()", async () => {
  const element = hang({ every: "0" });
  see(1);
  await pass(600_000);
  expect(order).toEqual(["shown 1", "recorded 1"]);
  await Promise.all([element.next(), element.next()]);
  expect(order.at(-1)).toBe("shown 2");
});

test("a withdrawn artwork leaves the screen at once, another one stays", async () => {
  const element = hang({ every: "0" });
  see(1);
  await pass();
  for (const taken of [...takers]) taken([77]);
  await pass();
  expect(picture(element)?.getAttribute("src")).toBe("/art/1.png");
  for (const taken of [...takers]) taken([1, 2]);
  expect(picture(element)?.getAttribute("src")).toBeNull();
  await pass();
  expect(order.at(-1)).toBe("shown 3");
});

test("mounted twenty times for less than a second, it asks once and spends nothing", async () => {
  for (let visit = 0; visit < 20; visit++) {
    const element = hang({ every: "0" });
    see(1);
    await pass(700);
    element.remove();
    await pass();
  }
  expect(client.fresh).toHaveBeenCalledTimes(1);
  expect(new Set(order)).toEqual(new Set(["shown 1"]));
});

test("taken off the page, it shows no more", async () => {
  const element = hang({ every: "5" });
  see(1);
  await pass(1000);
  element.remove();
  await pass(60_000);
  expect(order).toEqual(["shown 1", "recorded 1"]);
});

test("defining it twice is once", () => {
  defineArtFresh(client, "art-fresh-twice");
  expect(() => defineArtFresh(client, "art-fresh-twice")).not.toThrow();
});
