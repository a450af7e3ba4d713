import type { Artwork, Client } from "artfresh";
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
let part: (giveBack: (artworkIds: number[]) => void) => void;
let withdraw: (ids: number[]) => void;
let paint: (() => void)[];
let isSlow: boolean;
let canPaint: boolean;
let seen: string[];
let player: Player;
let stats: { displayed: number; repeats: number };
const impression = vi.fn(async () => {
  stats.displayed++;
});

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { hidden: false });
  served = 0;
  paint = [];
  isSlow = false;
  canPaint = true;
  seen = [];
  impression.mockClear();
  stats = { displayed: 0, repeats: 0 };
  const client = {
    get stats() {
      return { ...stats };
    },
    fresh: async ({ count }: { count: number }) => Array.from({ length: count }, () => artwork(++served)),
    impression,
    displayed: () => {},
    whenListenerChanges: (parted: typeof part) => {
      part = parted;
    },
    whenWithdrawn: (taken: typeof withdraw) => {
      withdraw = taken;
    },
  };
  const stage = {
    prepare: async () => {},
    show: async (_: Artwork, record: () => Promise<void>) => {
      if (isSlow) await new Promise<void>((resolve) => paint.push(resolve));
      if (canPaint) await record();
      return canPaint ? 1 : null;
    },
    clear: () => seen.push("clear"),
    takeOff: (ids: number[]) => seen.push(`off ${ids}`),
    isDrawing: false,
  };
  player = new Player(client as unknown as Client, stage as unknown as Stage, {
    onArtwork: ({ id }) => seen.push(`artwork ${id}`),
    onCleared: () => seen.push("cleared"),
    onPause: () => {},
    onTrouble: () => {},
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
