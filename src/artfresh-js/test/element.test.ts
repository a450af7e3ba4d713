// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Artwork, Client } from "../src/index.js";
import { defineArtFresh } from "../src/page/element.js";

let see: (share: number) => void;
let nextId: number;
let order: string[];
let names = 0;

beforeEach(() => {
  vi.useFakeTimers();
  nextId = 1;
  order = [];
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(tell: (entries: object[]) => void) {
        see = (share) =>
          tell([
            {
              isIntersecting: share > 0,
              intersectionRect: { width: 100, height: 100 * share },
              boundingClientRect: { width: 100, height: 100 },
              rootBounds: { width: 1000, height: 1000 },
            },
          ]);
      }
      observe() {}
      disconnect() {}
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

const takers = new Set<(ids: number[]) => void>();
const client = {
  whenListenerChanges: () => () => {},
  whenWithdrawn: (taken: (ids: number[]) => void) => {
    takers.add(taken);
    return () => takers.delete(taken);
  },
  fresh: async ({ count = 1 } = {}) =>
    Array.from({ length: count }, () => {
      const id = nextId++;
      return {
        id,
        imageUrl: `/art/${id}.png`,
        mood: { valence: 0.5, energy: 0.5 },
        title: `No. ${id}`,
      } as Artwork;
    }),
  impression: async (id: number) => void order.push(`recorded ${id}`),
} as unknown as Client;

/** Puts the element on the page under a name of its own: definitions are for good. */
function hang(attributes: Record<string, string> = {}) {
  const name = `art-fresh-${++names}`;
  defineArtFresh(client, name);
  const element = document.createElement(name) as HTMLElement & { next(): Promise<void> };
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.checkVisibility = () => true;
  element.addEventListener("artwork", (event) =>
    order.push(`shown ${(event as CustomEvent<Artwork>).detail.id}`),
  );
  document.body.append(element);
  return element;
}
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const picture = (element: HTMLElement) => element.shadowRoot?.querySelector("img");

test("art is recorded and then shown, once the element is in view", async () => {
  const element = hang();
  await pass(60_000);
  expect(order).toEqual([]);
  see(1);
  await pass();
  expect(order).toEqual(["recorded 1", "shown 1"]);
  expect(picture(element)?.getAttribute("src")).toBe("/art/1.png");
  expect(picture(element)?.alt).toBe("No. 1");
});

test("it changes every so many seconds, in a page that is looked at", async () => {
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(false);
  hang({ every: "5" });
  see(1);
  await pass(10_000);
  expect(order.filter((line) => line.startsWith("shown"))).toEqual(["shown 1", "shown 2", "shown 3"]);
  hidden.mockReturnValue(true);
  await pass(60_000);
  expect(order).toHaveLength(6);
});

test("with every=0 it changes only by next()", async () => {
  const element = hang({ every: "0" });
  see(1);
  await pass(600_000);
  expect(order).toHaveLength(2);
  await element.next();
  expect(order.at(-1)).toBe("shown 2");
});

test("a withdrawn artwork leaves the screen at once, another one stays", async () => {
  const element = hang({ every: "0" });
  see(1);
  await pass();
  for (const taken of takers) taken([77]);
  await pass();
  expect(picture(element)?.getAttribute("src")).toBe("/art/1.png");
  for (const taken of takers) taken([1, 2]);
  expect(picture(element)?.getAttribute("src")).toBeNull();
  await pass();
  expect(order.at(-1)).toBe("shown 3");
});

test("taken off the page, it shows no more", async () => {
  const element = hang({ every: "5" });
  see(1);
  await pass();
  element.remove();
  await pass(60_000);
  expect(order).toHaveLength(2);
});

test("defining it twice is once", () => {
  defineArtFresh(client, "art-fresh-twice");
  expect(() => defineArtFresh(client, "art-fresh-twice")).not.toThrow();
});
