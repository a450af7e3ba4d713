import { describe, expect, it } from "vitest";
import { blend, ease, type Hanging } from "../src/stage/blend.js";
import { Resolution } from "../src/stage/resolution.js";

const drawn = (opacity: number): Hanging => ({ isDrawn: true, opacity });
const image = (opacity: number): Hanging => ({ isDrawn: false, opacity });

/** What is seen of each hanging, as the page composes them: the canvas below, all images above it. */
function seen(hangings: readonly Hanging[]): number[] {
  const opacities = blend(hangings);
  const order = [...hangings.keys()].sort(
    (a, b) => Number(hangings[b]?.isDrawn) - Number(hangings[a]?.isDrawn) || a - b,
  );
  const share = new Array(hangings.length).fill(0);
  let left = 1;
  for (const i of order.reverse()) {
    share[i] = left * (opacities[i] ?? 0);
    left *= 1 - (opacities[i] ?? 0);
  }
  return share;
}

describe("blend", () => {
  it.each([
    ["drawn over drawn", drawn, drawn],
    ["image over drawn", drawn, image],
    ["drawn over image", image, drawn],
    ["image over image", image, image],
  ])("fades %s in proportion", (_, below, above) => {
    for (const progress of [0, 0.25, 0.5, 1]) {
      const [old, fresh] = seen([below(1), above(progress)]);
      expect(old).toBeCloseTo(1 - progress);
      expect(fresh).toBeCloseTo(progress);
    }
  });

  it("leaves nothing of an image under a drawn artwork that came in whole", () => {
    expect(blend([image(1), drawn(1)])).toEqual([0, 1]);
  });

  it("changes without a jump where a change interrupts another", () => {
    const before = seen([drawn(1), image(0.4)]);
    const after = seen([drawn(1), image(0.4), drawn(0)]);
    expect(after.slice(0, 2)).toEqual(before);
    expect(after[2]).toBeCloseTo(0);
  });
});

describe("ease", () => {
  it("goes from 0 to 1, evenly about the middle, and no farther", () => {
    expect([-1, 0, 0.5, 1, 2].map(ease)).toEqual([0, 0, 0.5, 1, 1]);
    expect(ease(0.2) + ease(0.8)).toBeCloseTo(1);
  });
});

describe("resolution", () => {
  const frames = (resolution: Resolution, ms: number, count: number): void => {
    for (let i = 0; i < count; i++) resolution.frame(ms);
  };

  it("stays full while frames are quick, and through a single hiccup", () => {
    const resolution = new Resolution();
    frames(resolution, 16, 100);
    resolution.frame(300);
    frames(resolution, 16, 100);
    expect(resolution.scale).toBe(1);
  });

  it("comes down at once to what the pace allows", () => {
    const resolution = new Resolution();
    frames(resolution, 200, 3);
    expect(resolution.scale).toBeLessThan(0.35);
    frames(resolution, 16, 1000);
    expect(resolution.scale).toBeLessThan(0.35);
  });

  it("settles where the drawing keeps pace, rather than wavering", () => {
    const resolution = new Resolution();
    const scales = new Set<number>();
    for (let i = 0; i < 20_000; i++) {
      resolution.frame(Math.max(7, 60 * resolution.scale ** 2));
      if (i > 10_000) scales.add(resolution.scale);
    }
    expect(scales.size).toBe(1);
    expect(60 * Math.max(...scales) ** 2).toBeLessThan(26);
  });

  it("goes up again where the screen's load was passing", () => {
    const resolution = new Resolution();
    frames(resolution, 100, 3);
    const low = resolution.scale;
    frames(resolution, 8, 400);
    expect(resolution.scale).toBeGreaterThan(low);
  });

  it("takes time in the background for no sign of slowness", () => {
    const resolution = new Resolution();
    frames(resolution, 60_000, 10);
    expect(resolution.scale).toBe(1);
  });
});
