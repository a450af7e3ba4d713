import { ArtFreshError, type Artwork, type Client } from "artfresh";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Player } from "../src/player.js";
import type { Stage } from "../src/stage/stage.js";

const artwork = (id: number): Artwork => ({
  id,
  imageUrl: `/art/${id}.png`,
  genome: null,
  mood: { valence: 0.5, energy: 0.5 },
  createdAt: "2026-01-01T00:00:00Z",
  generator: "neural",
});

let served: number;
const partings = new Set<(giveBack: (artworkIds: number[]) => void) => void>();
const takers = new Set<(ids: number[]) => void>();
const part = (giveBack: (artworkIds: number[]) => void) => {
  // As the client does.
  const giveUnshown = (artworkIds: number[]) => giveBack(artworkIds.filter((id) => !recorded.has(id)));
  for (const parted of partings) parted(giveUnshown);
};
const withdraw = (ids: number[]) => {
  for (const taken of takers) taken(ids);
};
let refusal: Error | undefined;
let troubles: boolean[];
let recorded: Set<number>;
/** Leaves the page. */
let leave: (event: { persisted: boolean }) => void;
let ended: number[][];
let paint: (() => void)[];
let isSlow: boolean;
let isLoading: boolean;
let loaded: (() => void)[];
let prepared: Set<number>;
let canPaint: boolean;
let seen: string[];
let player: Player;
let stats: { displayed: number; repeats: number };
const impression = vi.fn(async (id: number, _options?: object) => {
  stats.displayed++;
  recorded.add(id);
});

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: false });
  const leavings: (typeof leave)[] = [];
  const addEventListener = (type: string, left: typeof leave) => type === "pagehide" && leavings.push(left);
  vi.stubGlobal("addEventListener", addEventListener);
  vi.stubGlobal("window", { addEventListener, removeEventListener: () => {} });
  leave = (event) => {
    for (const left of leavings) left(event);
  };
  partings.clear();
  takers.clear();
  refusal = undefined;
  troubles = [];
  recorded = new Set();
  ended = [];
  served = 0;
  paint = [];
  isSlow = false;
  isLoading = false;
  loaded = [];
  prepared = new Set();
  canPaint = true;
  seen = [];
  impression.mockClear();
  stats = { displayed: 0, repeats: 0 };
  const client = {
    get stats() {
      return { ...stats };
    },
    fresh: async ({ count }: { count: number }) => {
      if (refusal) throw refusal;
      return Array.from({ length: count }, () => artwork(++served));
    },
    impression,
    hasShown: (id: number) => recorded.has(id),
    end: async (unshown: number[]) => void ended.push(unshown),
    displayed: () => {},
    whenListenerChanges: (parted: typeof part) => {
      partings.add(parted);
      return () => partings.delete(parted);
    },
    whenWithdrawn: (taken: typeof withdraw) => {
      takers.add(taken);
      return () => takers.delete(taken);
    },
  };
  const stage = {
    prepare: async ({ id }: Artwork) => {
      if (isLoading) await new Promise<void>((resolve) => loaded.push(resolve));
      prepared.add(id);
    },
    release: (id: number) => prepared.delete(id),
    show: async ({ id }: Artwork, record: () => Promise<void>) => {
      prepared.delete(id);
      if (isSlow) await new Promise<void>((resolve) => paint.push(resolve));
      if (canPaint) await record();
      return canPaint ? 1 : null;
    },
    clear: () => seen.push("clear"),
    takeOff: (ids: number[]) => seen.push(`off ${ids}`),
    isDrawing: false,
    isHidden: false,
  };
  player = new Player(client as unknown as Client, stage as unknown as Stage, {
    onArtwork: ({ id }) => seen.push(`artwork ${id}`),
    onCleared: () => seen.push("cleared"),
    onPause: () => {},
    onTrouble: (isInTrouble) => troubles.push(isInTrouble),
  });
  player.begin();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("leaves nothing of one listener to the next, and hangs what the next is served", async () => {
  player.next();
  await vi.advanceTimersByTimeAsync(0);
  const last = served;
  const givenBack: number[] = [];
  part((artworkIds) => givenBack.push(...artworkIds));
  expect(seen.slice(-2)).toEqual(["clear", "cleared"]);
  expect(givenBack).toHaveLength(last - 2);
  expect([player.artwork, player.hasPrevious, player.changes]).toEqual([null, false, []]);
  await vi.advanceTimersByTimeAsync(0);
  expect(player.artwork?.id).toBeGreaterThan(last);
});

it("takes a withdrawn artwork off the wall at once, and hangs another", async () => {
  const shown = player.artwork?.id ?? 0;
  withdraw([shown + 1]);
  expect(player.artwork?.id).toBe(shown);
  withdraw([shown]);
  expect(seen.slice(-2)).toEqual([`off ${shown}`, "cleared"]);
  await vi.advanceTimersByTimeAsync(0);
  expect(player.artwork?.id).toBeGreaterThan(shown + 1);
  expect(player.changes.map(({ id }) => id)).not.toContain(shown);
});

it("does not report an artwork that was painted as its listener left", async () => {
  isSlow = true;
  player.next();
  await vi.advanceTimersByTimeAsync(0);
  part(() => {});
  const before = seen.length;
  for (const painted of paint.splice(0)) painted();
  await Promise.resolve();
  expect(seen.slice(before)).toEqual([]);
});

it("records nothing of an artwork that is never painted, and gives it back", async () => {
  canPaint = false;
  impression.mockClear();
  player.next();
  await vi.advanceTimersByTimeAsync(0);
  expect(impression).not.toHaveBeenCalled();
  const unpainted = player.artwork?.id;
  const givenBack: number[] = [];
  part((artworkIds) => givenBack.push(...artworkIds));
  expect(givenBack).toContain(unpainted);
});

it("lets go of the pictures of artworks that are turned over before they are on the wall", async () => {
  prepared.clear();
  isLoading = true;
  for (let i = 0; i < 3; i++) player.next();
  for (const done of loaded.splice(0)) done();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.at(-1)).toBe(`artwork ${player.artwork?.id}`);
  expect([...prepared]).toEqual([]);
});

it("records a work that is shown again as shown on purpose", async () => {
  player.revisit(artwork(77));
  await vi.advanceTimersByTimeAsync(0);
  expect(impression.mock.lastCall).toEqual([77, { genome: null, revisit: true }]);
  expect(seen.at(-1)).toBe("artwork 77");
  player.previous();
  await vi.advanceTimersByTimeAsync(0);
  expect(impression.mock.lastCall?.[1 as never]).toMatchObject({ revisit: false });
});

it("counts what a listener has been shown, without what was on purpose and what the last one was shown", async () => {
  player.revisit(artwork(77), true);
  await vi.advanceTimersByTimeAsync(0);
  player.next();
  await vi.advanceTimersByTimeAsync(0);
  expect(player.tally).toEqual({ shown: 3, repeats: 0 });
  player.revisit(artwork(1));
  await vi.advanceTimersByTimeAsync(0);
  expect(player.tally).toEqual({ shown: 3, repeats: 0 });
  stats.repeats = 1;
  expect(player.tally).toEqual({ shown: 3, repeats: 1 });
  part(() => {});
  expect(player.tally).toEqual({ shown: 0, repeats: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(player.tally).toEqual({ shown: 1, repeats: 0 });
});

it("gives back what was not on the wall when the page is closed, and keeps it when the page may return", async () => {
  canPaint = false;
  player.next();
  await vi.advanceTimersByTimeAsync(0);
  leave({ persisted: true });
  expect(ended).toEqual([]);
  leave({ persisted: false });
  const given = ended.flat();
  expect(given).toHaveLength(served - recorded.size);
  expect(given).toContain(player.artwork?.id);
  for (const id of recorded) expect(given).not.toContain(id);
});

it("ends the stock of the page once the listener has finished", async () => {
  await player.finish();
  expect(ended.flat()).toHaveLength(served - recorded.size);
  const before = served;
  player.next();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(served).toBe(before);
});

it("says when no art is to be had, and hangs some as soon as there is", async () => {
  refusal = new Error("down");
  for (let left = served; left > 0; left--) player.next();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(troubles).toEqual([true]);
  const last = player.artwork?.id ?? 0;
  refusal = undefined;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(troubles).toEqual([true, false]);
  expect(player.artwork?.id).toBeGreaterThan(last);
});

it("asks again while the server refuses", async () => {
  refusal = new ArtFreshError({ status: 403, code: "guests_off" });
  for (let left = served; left > 0; left--) player.next();
  await vi.advanceTimersByTimeAsync(1000);
  expect(troubles).toEqual([true]);
  refusal = undefined;
  const before = served;
  await vi.advanceTimersByTimeAsync(21_000);
  expect(served).toBeGreaterThan(before);
  expect(troubles.at(-1)).toBe(false);
});
