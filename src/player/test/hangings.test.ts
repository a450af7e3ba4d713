import type { Artwork } from "artfresh";
import { beforeEach, describe, expect, it } from "vitest";
import { Hangings } from "../src/stage/hangings.js";

let hung: number[];
let seen: [number, number | null][];
let hangings: Hangings;

function hang(id: number): void {
  hangings.hang({
    artwork: { id } as Artwork,
    picture: null,
    record: async () => {},
    seen: (at) => seen.push([id, at]),
    isPainted: false,
    isRecorded: false,
    isSeen: false,
    progress: 0,
  });
}

/** Paints a frame in which a share of a fade passes. */
function frame(share: number): void {
  hangings.advance(share);
  for (const one of hangings.all) one.isPainted = one.isRecorded = true;
  hangings.takeSeen();
  hangings.settle();
}

describe("hangings", () => {
  beforeEach(() => {
    hung = [];
    seen = [];
    hangings = new Hangings(({ artwork }) => hung.push(artwork.id));
  });

  it("show the first at once and fade to the next", () => {
    hang(1);
    expect(hangings.top?.progress).toBe(1);
    hang(2);
    expect(hangings.top?.progress).toBe(0);
    frame(0);
    frame(1);
    expect(hangings.all.map(({ artwork }) => artwork.id)).toEqual([2]);
  });

  it("keep the last of those that come faster than the art can follow, and report the others as never shown", () => {
    for (let id = 1; id <= 8; id++) hang(id);
    expect(hung).toEqual([1, 2, 3, 4]);
    expect(seen).toEqual([5, 6, 7].map((id) => [id, null]));
    frame(0);
    frame(0.5);
    expect(hung).toEqual([1, 2, 3, 4]);
    frame(0.5);
    expect(hung).toEqual([1, 2, 3, 4, 8]);
    expect(hangings.all.map(({ artwork }) => artwork.id)).toEqual([4, 8]);
  });

  it("never take down what can still be seen", () => {
    for (let id = 1; id <= 4; id++) {
      hang(id);
      frame(0.2);
    }
    const before = hangings.all.map(({ artwork }) => artwork.id);
    hang(5);
    frame(0);
    expect(hangings.all.map(({ artwork }) => artwork.id)).toEqual(before);
  });

  it("let go of a withdrawn artwork that waits", () => {
    for (let id = 1; id <= 5; id++) hang(id);
    expect(hangings.takeOff([5])).toBe(false);
    expect(seen).toEqual([[5, null]]);
    frame(0);
    frame(1);
    expect(hung).toEqual([1, 2, 3, 4]);
  });

  it("leave nothing to the next listener", () => {
    for (let id = 1; id <= 5; id++) hang(id);
    hangings.clear();
    expect(hangings.top).toBeUndefined();
    expect(seen.map(([id]) => id).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});
