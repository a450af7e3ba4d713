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
  /** Frames of a machine that needs `fullMs` for the finest picture, on a screen that shows one each `refreshMs`. */
  const run = (resolution: Resolution, fullMs: number, refreshMs: number, count: number): Set<number> => {
    const scales = new Set<number>();
    for (let i = 0; i < count; i++) {
      const drawing = fullMs * resolution.scale ** 2;
      resolution.frame(Math.max(1, Math.ceil(drawing / refreshMs)) * refreshMs);
      scales.add(resolution.scale);
    }
    return scales;
  };

  it("grows to the full where there is time, and stays through a single hiccup", () => {
    const resolution = new Resolution();
    const first = resolution.scale;
    expect(first).toBeLessThan(1);
    run(resolution, 4, 16.7, 600);
    expect(resolution.scale).toBe(1);
    resolution.frame(60_000);
    expect(run(resolution, 4, 16.7, 600)).toEqual(new Set([1]));
  });

  it("comes down within three frames to what the pace allows, however slow it is", () => {
    for (const ms of [60, 200, 1000, 5000]) {
      const resolution = new Resolution();
      const before = resolution.scale;
      for (let i = 0; i < 3; i++) resolution.frame(ms);
      expect(resolution.scale).toBeLessThanOrEqual(Math.max(0.14, before * Math.sqrt(16 / ms) * 1.01));
    }
  });

  it.each([
    ["a phone", 40, 16.7],
    ["a fast screen", 25, 8.3],
    ["no graphics processor", 300, 16.7],
  ])("settles where the drawing keeps pace, rather than wavering: %s", (_, fullMs, refreshMs) => {
    const resolution = new Resolution();
    run(resolution, fullMs, refreshMs, 5000);
    const settled = run(resolution, fullMs, refreshMs, 5000);
    expect(settled.size).toBe(1);
    expect(fullMs * Math.max(...settled) ** 2).toBeLessThan(26);
  });

  it("does not blame the drawing for a screen of 30 frames a second", () => {
    const resolution = new Resolution();
    run(resolution, 4, 33.4, 2000);
    expect(resolution.scale).toBe(1);
  });
});
