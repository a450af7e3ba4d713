import { describe, expect, it } from "vitest";
import type { Pulse } from "../src/listening/rest.js";
import { FlashGuard } from "../src/stage/flashGuard.js";

const FPS = 60;
const CELLS = 48;

/** A picture that is as bright, or as red, as the pulse is strong. */
const grey = ({ onset }: Pulse): Uint8Array =>
  Uint8Array.from({ length: CELLS * 4 }, () => Math.round(onset * 255));
const red = ({ onset }: Pulse): Uint8Array =>
  Uint8Array.from({ length: CELLS * 4 }, (_, i) => (i % 4 === 0 ? Math.round(onset * 255) : 0));

/** What is painted of `onset` over some seconds, frame by frame, as the stage does it. */
function paint(
  guard: FlashGuard,
  picture: (pulse: Pulse) => Uint8Array,
  onset: (time: number) => number,
  seconds = 6,
) {
  let painted: Pulse = { loudness: 0, onset: 0, brightness: 0, hue: 0 };
  return Array.from({ length: seconds * FPS }, (_, frame) => {
    const at = frame / FPS;
    const softened = guard.soften({ loudness: 0, onset: onset(at), brightness: 0, hue: 0 }, 1 / FPS);
    if (guard.admits(picture(softened), at)) painted = softened;
    guard.note(picture(painted), at);
    return painted.onset;
  });
}

/** The most opposing changes of so much luminance in any second, where the darker is under 0.8. */
function mostTurns(levels: readonly number[], step: number, luminance = 1): number {
  const values = levels.map(
    (level) => luminance * (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4),
  );
  const turns: number[] = [];
  let [way, low, high] = [0, values[0] ?? 0, values[0] ?? 0];
  for (const [i, value] of values.entries()) {
    [low, high] = [Math.min(low, value), Math.max(high, value)];
    const isFall = way >= 0 && high - value >= step && value < 0.8;
    const turn = isFall ? -1 : way <= 0 && value - low >= step && low < 0.8 ? 1 : 0;
    if (turn === 0) continue;
    turns.push(i);
    [way, low, high] = [turn, value, value];
  }
  return Math.max(0, ...turns.map((from) => turns.filter((at) => at >= from && at < from + FPS).length));
}

const square = (hertz: number) => (time: number) => ((time * hertz) % 1 < 0.5 ? 1 : 0);

describe("flash guard", () => {
  it.each([3, 4, 5, 8, 12, 30])("lets no more than three flashes a second through at %d Hz", (hertz) => {
    expect(
      mostTurns(
        Array.from({ length: 6 * FPS }, (_, i) => square(hertz)(i / FPS)),
        0.1,
      ),
    ).toBeGreaterThanOrEqual(6);
    expect(mostTurns(paint(new FlashGuard(), grey, square(hertz)), 0.1)).toBeLessThanOrEqual(6);
  });

  it("does the same for saturated red, whose luminance hardly changes", () => {
    const dim = (time: number) => 0.4 * square(5)(time);
    expect(
      mostTurns(
        Array.from({ length: 6 * FPS }, (_, i) => dim(i / FPS)),
        20 / 320,
      ),
    ).toBeGreaterThan(6);
    expect(mostTurns(paint(new FlashGuard(), red, dim), 20 / 320)).toBeLessThanOrEqual(6);
  });

  it("leaves the beat of a song as it is", () => {
    const guard = new FlashGuard();
    const beat = (time: number) => Math.exp(-((time * 2) % 1) * 4);
    const painted = paint(guard, grey, beat);
    expect(guard.gain).toBe(1);
    for (const [frame, level] of painted.entries()) expect(level).toBeCloseTo(beat(frame / FPS));
  });

  it("damps what flashes instead of stopping it, and no longer than it flashes", () => {
    const guard = new FlashGuard();
    const painted = paint(guard, grey, square(8), 10).slice(-2 * FPS);
    expect(guard.gain).toBeLessThan(0.6);
    expect(Math.max(...painted) - Math.min(...painted)).toBeGreaterThan(0.02);
    paint(guard, grey, () => 0.5, 8);
    expect(guard.gain).toBe(1);
  });

  it("takes a few cells for no flash", () => {
    const guard = new FlashGuard();
    const corner = (pulse: Pulse) => grey(pulse).fill(128, 5 * 4);
    expect(mostTurns(paint(guard, corner, square(4)), 0.1)).toBeGreaterThan(6);
  });

  it("takes the shorter way between two hues", () => {
    const guard = new FlashGuard();
    const at = (hue: number) => ({ loudness: 0, onset: 0, brightness: 0, hue });
    guard.soften(at(0.95), 1 / FPS);
    expect(guard.soften(at(0.05), 1).hue % 1).toBeCloseTo(0.05);
  });
});
