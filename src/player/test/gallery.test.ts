import type { Artwork, Mood } from "artfresh";
import { beforeEach, describe, expect, it } from "vitest";
import { Gallery } from "../src/gallery.js";

const MIDDLE: Mood = { valence: 0.5, energy: 0.5 };

const artwork = (id: number): Artwork => ({
  id,
  imageUrl: `/art/${id}.png`,
  genome: `g${id}`,
  mood: MIDDLE,
  createdAt: "2026-01-01T00:00:00Z",
  generator: "neural",
});

describe("the gallery", () => {
  let gallery: Gallery;
  let moods: (Mood | undefined)[];
  /** What the stock has, first first. */
  let stock: number[];
  beforeEach(() => {
    moods = [];
    stock = [1, 2, 3, 4, 5, 6, 7, 8];
    gallery = new Gallery({
      take(mood) {
        moods.push(mood);
        const id = stock.shift();
        return id === undefined ? undefined : artwork(id);
      },
    });
  });
  const take = () => gallery.takeFresh(MIDDLE)?.id;
  const forward = () => gallery.forward(MIDDLE)?.id;

  it("takes what the stock has for the mood, and has nothing where that has nothing", () => {
    const tense = { valence: 0.1, energy: 0.9 };
    expect(gallery.takeFresh(tense)?.id).toBe(1);
    expect(moods).toEqual([tense]);
    stock = [];
    expect(gallery.takeFresh(tense)).toBeNull();
    expect(gallery.current?.id).toBe(1);
  });

  it("takes withdrawn artworks out of the history, and says if one is on the wall", () => {
    expect([take(), take(), take()]).toEqual([1, 2, 3]);
    expect(gallery.withdraw([2, 4])).toBe(false);
    expect(gallery.current?.id).toBe(3);
    expect(gallery.back()?.id).toBe(1);
    expect(forward()).toBe(3);
    expect(gallery.withdraw([3])).toBe(true);
    expect(gallery.current?.id).toBe(1);
  });

  it("goes back through what was shown and forward again before anything new", () => {
    expect([take(), take(), take()]).toEqual([1, 2, 3]);
    expect(gallery.back()?.id).toBe(2);
    expect(gallery.back()?.id).toBe(1);
    expect(gallery.back()).toBeNull();
    expect(gallery.hasPrevious).toBe(false);
    expect([forward(), forward(), forward()]).toEqual([2, 3, 4]);
  });

  it("has fresh art follow the newest, not what was gone back to", () => {
    expect([take(), take()]).toEqual([1, 2]);
    gallery.back();
    expect(take()).toBe(3);
    expect(gallery.back()?.id).toBe(2);
    expect(forward()).toBe(3);
  });

  it("shows a work of the listener's own again, and goes on from it", () => {
    take();
    const own = artwork(77);
    gallery.hang(own);
    expect(gallery.current).toBe(own);
    expect(gallery.back()?.id).toBe(1);
    expect(gallery.forward(MIDDLE)).toBe(own);
  });

  it("leaves nothing to go back to once it is cleared", () => {
    take();
    take();
    gallery.clear();
    expect([gallery.current, gallery.hasPrevious, gallery.history]).toEqual([null, false, []]);
    expect(take()).toBe(3);
  });
});
