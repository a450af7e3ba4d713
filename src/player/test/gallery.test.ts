import type { Artwork, Mood } from "artfresh";
import { beforeEach, describe, expect, it } from "vitest";
import { Gallery, STOCK_LOW, STOCK_ORDER } from "../src/gallery.js";

const MIDDLE: Mood = { valence: 0.5, energy: 0.5 };

function artwork(id: number, mood: Mood): Artwork {
  return {
    id,
    imageUrl: `/art/${id}.png`,
    genome: `g${id}`,
    mood,
    createdAt: "2026-01-01T00:00:00Z",
    generator: "neural",
  };
}

/** A server that never gives the same artwork twice, and can be taken away. */
class World {
  orders: Mood[] = [];
  waits: number[] = [];
  reachable: boolean[] = [];
  stocked = 0;
  isDown = false;
  broken = new Set<number>();
  #next = 1;
  #made = 0;
  readonly gallery: Gallery = new Gallery(
    {
      fresh: async (count, mood) => {
        this.orders.push(mood);
        if (this.isDown) throw new Error("down");
        return Array.from({ length: count }, () => artwork(this.#next++, mood));
      },
      prepare: async ({ id }) => {
        if (this.broken.has(id)) throw new Error("no picture");
      },
      improvise: (mood) => (this.isDown ? artwork(-++this.#made, mood) : null),
      onStocked: () => {
        this.stocked++;
      },
      onReachable: (isReachable) => this.reachable.push(isReachable),
      wait: async (seconds) => {
        this.waits.push(seconds);
        if (this.waits.length >= 6) this.isDown = false;
      },
    },
    MIDDLE,
  );

  /** Until all that was begun has come to rest. */
  async settle(): Promise<void> {
    for (let i = 0; i < 100; i++) await Promise.resolve();
  }
}

describe("the gallery", () => {
  let world: World;
  beforeEach(async () => {
    world = new World();
    world.gallery.restock();
    await world.settle();
  });

  it("orders ahead of need, once at a time", async () => {
    expect(world.gallery.stocked).toBe(STOCK_ORDER);
    world.gallery.restock();
    while (world.gallery.stocked > STOCK_LOW + 1) world.gallery.takeFresh();
    expect(world.orders).toHaveLength(1);
    world.gallery.takeFresh();
    world.gallery.restock();
    expect(world.orders).toHaveLength(2);
    await world.settle();
    expect(world.gallery.stocked).toBe(STOCK_LOW + STOCK_ORDER);
  });

  it("takes withdrawn artworks out of the stock and the history, and says if one is on the wall", async () => {
    const [first, second, third] = [1, 2, 3].map(() => world.gallery.takeFresh()?.id ?? 0);
    const stocked = world.gallery.stocked;
    expect(world.gallery.withdraw([second ?? 0, 4])).toBe(false);
    expect(world.gallery.stocked).toBe(stocked - 1);
    expect(world.gallery.unshown).not.toContain(4);
    expect(world.gallery.current?.id).toBe(third);
    expect(world.gallery.back()?.id).toBe(first);
    expect(world.gallery.forward()?.id).toBe(third);
    expect(world.gallery.withdraw([third ?? 0])).toBe(true);
    expect(world.gallery.current?.id).toBe(first);
    expect(world.gallery.takeFresh()?.id).not.toBe(third);
  });

  it("keeps a withdrawn artwork out of the stock whose picture was on its way", async () => {
    const gone = 1;
    const late = new World();
    late.gallery.restock();
    late.gallery.withdraw([gone]);
    await late.settle();
    const taken = Array.from({ length: 7 }, () => late.gallery.takeFresh()?.id);
    expect(taken).not.toContain(gone);
  });

  it("never takes the same artwork twice, however often it is asked", async () => {
    const taken: number[] = [];
    for (let i = 0; i < 200; i++) {
      const next = world.gallery.takeFresh();
      if (next) taken.push(next.id);
      await world.settle();
    }
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
  });

  it("goes back through what was shown and forward again before anything new", () => {
    const [first, second, third] = [1, 2, 3].map(() => world.gallery.takeFresh()?.id);
    expect(world.gallery.back()?.id).toBe(second);
    expect(world.gallery.back()?.id).toBe(first);
    expect(world.gallery.back()).toBeNull();
    expect(world.gallery.hasPrevious).toBe(false);
    expect(world.gallery.forward()?.id).toBe(second);
    expect(world.gallery.forward()?.id).toBe(third);
    expect([first, second, third]).not.toContain(world.gallery.forward()?.id);
  });

  it("has fresh art follow the newest, not what was gone back to", () => {
    world.gallery.takeFresh();
    const second = world.gallery.takeFresh();
    world.gallery.back();
    const fresh = world.gallery.takeFresh();
    expect(world.gallery.back()).toBe(second);
    expect(world.gallery.forward()).toBe(fresh);
  });

  it("orders for the mood of now, and chooses by it", async () => {
    const tense = { valence: 0.1, energy: 0.9 };
    world.gallery.mood = tense;
    world.gallery.takeFresh();
    for (let i = 0; i < 3; i++) world.gallery.takeFresh();
    await world.settle();
    expect(world.orders.at(-1)).toEqual(tense);
    expect(world.gallery.takeFresh()?.mood).toEqual(tense);
    world.gallery.mood = MIDDLE;
    expect(world.gallery.takeFresh()?.mood).toEqual(MIDDLE);
  });

  it("asks again later and later while the server is away, and says so once it is back", async () => {
    world.isDown = true;
    while (world.gallery.stocked > 0) world.gallery.takeFresh();
    await world.settle();
    expect(world.waits).toEqual([1, 2, 4, 8, 16, 20]);
    expect(world.reachable.slice(-2)).toEqual([false, true]);
    expect(world.gallery.stocked).toBe(STOCK_ORDER);
  });

  it("hangs what is made here while the server is away and the stock is empty", async () => {
    world.isDown = true;
    while (world.gallery.stocked > 0) expect(world.gallery.takeFresh()?.id).toBeGreaterThan(0);
    expect(world.gallery.takeFresh()?.id).toBe(-1);
    expect(world.gallery.takeFresh()?.id).toBe(-2);
    expect(world.gallery.back()?.id).toBe(-1);
    await world.settle();
    expect(world.gallery.takeFresh()?.id).toBeGreaterThan(0);
  });

  it("has nothing where nothing can be made", () => {
    while (world.gallery.stocked > 0) world.gallery.takeFresh();
    expect(world.gallery.takeFresh()).toBeNull();
  });

  it("passes over a picture that cannot be had", async () => {
    world.broken = new Set([9, 10, 11]);
    while (world.gallery.stocked > STOCK_LOW) world.gallery.takeFresh();
    await world.settle();
    const rest: (number | undefined)[] = [];
    while (world.gallery.stocked > 0) rest.push(world.gallery.takeFresh()?.id);
    for (const id of [9, 10, 11]) expect(rest).not.toContain(id);
    expect(world.gallery.unshown).toEqual(expect.arrayContaining([9, 10, 11]));
  });

  it("knows what was served and never shown", () => {
    const shown = world.gallery.takeFresh()?.id ?? 0;
    const skipped = world.gallery.takeFresh()?.id ?? 0;
    world.gallery.confirmShown(shown);
    expect(world.gallery.unshown).toHaveLength(STOCK_ORDER - 1);
    expect(world.gallery.unshown).toContain(skipped);
    expect(world.gallery.unshown).not.toContain(shown);
  });

  it("orders nothing once it is closed", () => {
    world.gallery.close();
    while (world.gallery.stocked > 0) world.gallery.takeFresh();
    expect(world.orders).toHaveLength(1);
  });

  it("leaves nothing of one listener to the next, and gives back what was not on screen", async () => {
    const shown = [world.gallery.takeFresh(), world.gallery.takeFresh()].map((taken) => taken?.id ?? 0);
    for (const id of shown) world.gallery.confirmShown(id);
    const unshown = world.gallery.clear();
    expect(unshown).toHaveLength(STOCK_ORDER - 2);
    expect(unshown).not.toContain(shown[0]);
    expect(world.gallery.current).toBeNull();
    expect([world.gallery.stocked, world.gallery.hasPrevious, world.gallery.unshown]).toEqual([0, false, []]);
    world.gallery.restock();
    await world.settle();
    expect(world.gallery.takeFresh()?.id).toBeGreaterThan(STOCK_ORDER);
  });

  it("drops an order that was under way for a listener who has left", async () => {
    while (world.gallery.stocked > STOCK_LOW) world.gallery.takeFresh();
    world.gallery.restock();
    world.gallery.clear();
    await world.settle();
    expect([world.gallery.stocked, world.gallery.unshown]).toEqual([0, []]);
  });

  it("does not show as fresh what was shared with the listener meanwhile, in stock or on its way", async () => {
    const later = STOCK_ORDER + 2;
    world.gallery.revisit(artwork(2, MIDDLE));
    world.gallery.revisit(artwork(later, MIDDLE));
    const taken: (number | undefined)[] = [];
    for (let i = 0; i < 2 * STOCK_ORDER - 2; i++) {
      taken.push(world.gallery.takeFresh()?.id);
      await world.settle();
    }
    expect(taken).not.toContain(2);
    expect(taken).not.toContain(later);
    expect(taken).not.toContain(undefined);
  });

  it("shows a work of the listener's own again, and goes on from it", () => {
    const first = world.gallery.takeFresh();
    const own = artwork(77, MIDDLE);
    world.gallery.revisit(own);
    expect(world.gallery.current).toBe(own);
    expect(world.gallery.back()).toBe(first);
    expect(world.gallery.forward()).toBe(own);
  });
});
