import { cosine } from "../listening/cosine.js";
import { BANDS, CHROMA_HOPS, PITCHES } from "../listening/spectrum.js";
import type { Spectrogram } from "./spectrogram.js";

const KERNEL_BARS = 8;
const TAPER = 0.5;
/** How far above the usual novelty a boundary stands, in standard deviations. */
const STANDS_OUT = 0.6;
/** The least novelty of a boundary: both sides alike within, and unlike each other. */
const NOVELTY_MIN = 0.15;
const APART_BARS = 4;
const FEATURES = BANDS + PITCHES;

/**
 * Where sections begin, as indexes of bars: peaks of the novelty of the bars' self-similarity under a checkerboard
 * kernel (J. Foote, "Automatic audio segmentation using a measure of audio novelty", 2000). The first bar always begins one.
 * @param bars Frame numbers of the bars' beginnings.
 */
export function sectionStarts(bars: readonly number[], sound: Spectrogram): number[] {
  const features = bars.map((from, i) => featuresOf(sound, from, bars[i + 1] ?? sound.frames));
  standardize(features);
  const novelty = bars.map((_, bar) => checkerboard(features, bar));
  const mean = novelty.reduce((sum, value) => sum + value, 0) / Math.max(1, novelty.length);
  const deviation = Math.sqrt(
    novelty.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, novelty.length),
  );
  const starts = [0];
  for (const [bar, value] of novelty.entries()) {
    const near = novelty.slice(Math.max(0, bar - APART_BARS + 1), bar + APART_BARS);
    const isPeak =
      value === Math.max(...near) && value > Math.max(NOVELTY_MIN, mean + STANDS_OUT * deviation);
    if (isPeak && bar - (starts[starts.length - 1] ?? 0) >= APART_BARS) starts.push(bar);
  }
  return bars.length > 0 ? starts : [];
}

function featuresOf(sound: Spectrogram, from: number, to: number): Float32Array {
  const sums = new Float32Array(FEATURES);
  const frames = Math.max(1, to - from);
  for (let frame = from; frame < to; frame++) {
    for (let band = 0; band < BANDS; band++) {
      sums[band] = (sums[band] ?? 0) + (sound.bands[frame * BANDS + band] ?? 0) / frames;
    }
    const chroma = Math.floor(frame / CHROMA_HOPS) * PITCHES;
    for (let pitch = 0; pitch < PITCHES; pitch++) {
      sums[BANDS + pitch] = (sums[BANDS + pitch] ?? 0) + (sound.chroma[chroma + pitch] ?? 0) / frames;
    }
  }
  return sums;
}

/** Gives each feature the mean 0 and the deviation 1. */
function standardize(features: readonly Float32Array[]): void {
  for (let i = 0; i < FEATURES; i++) {
    const values = features.map((one) => one[i] ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
    for (const one of features) one[i] = ((one[i] ?? 0) - mean) / Math.max(1e-3, Math.sqrt(squares));
  }
}

/** How much the bars from `bar` on resemble each other, and those before each other, but not across. */
function checkerboard(features: readonly Float32Array[], bar: number): number {
  let sum = 0;
  let weights = 0;
  for (let a = -KERNEL_BARS; a < KERNEL_BARS; a++) {
    for (let b = a + 1; b < KERNEL_BARS; b++) {
      const [one, other] = [features[bar + a], features[bar + b]];
      if (!one || !other) continue;
      const weight = Math.exp(-TAPER * (((a + 0.5) / KERNEL_BARS) ** 2 + ((b + 0.5) / KERNEL_BARS) ** 2) * 4);
      sum += weight * (a < 0 === b < 0 ? 1 : -1) * cosine(one, other);
      weights += weight;
    }
  }
  return weights > 0 ? sum / weights : 0;
}
