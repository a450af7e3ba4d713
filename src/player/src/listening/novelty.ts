import type { Frame } from "./features.js";
import { BANDS } from "./spectrum.js";

const STEP_SECONDS = 0.25;
const AFTER_STEPS = 8;
const BEFORE_STEPS = 28;
const TYPICAL_SECONDS = 45;
/** The least change that counts as novel, for music that hardly changes. */
const TYPICAL_MIN = 0.25;
const PITCH_CLASSES = 12;
/** A pitch class that starts or stops weighs as much as a band that rises by 10 dB. */
const CHROMA_WEIGHT = 0.5;

/**
 * Detects the start of a section: how much the last two seconds differ from the seven before them in timbre, loudness and harmony.
 * This is the checkerboard kernel of J. Foote, "Automatic audio segmentation using a measure of audio novelty" (2000), reduced to
 * two blocks and made causal.
 */
export class NoveltyDetector {
  readonly #stepHops: number;
  readonly #sum = new Float32Array(BANDS + PITCH_CLASSES);
  readonly #steps: Float32Array[] = [];
  readonly #typicalGain = STEP_SECONDS / TYPICAL_SECONDS;
  #chroma: readonly number[] = new Array(PITCH_CLASSES).fill(0);
  #hops = 0;
  #typical = 0;
  #measured = 0;
  #novelty = 0;

  constructor(hopSeconds: number) {
    this.#stepHops = Math.max(1, Math.round(STEP_SECONDS / hopSeconds));
  }

  /** The novelty: 0 if the music continues unchanged, 1 if it changed far more than usual. */
  hear(frame: Frame): number {
    if (frame.chroma) this.#chroma = frame.chroma;
    for (let band = 0; band < BANDS; band++) this.#add(band, frame.bands[band] ?? 0);
    for (let pitch = 0; pitch < PITCH_CLASSES; pitch++) {
      this.#add(BANDS + pitch, CHROMA_WEIGHT * (this.#chroma[pitch] ?? 0));
    }
    if (++this.#hops % this.#stepHops === 0) this.#step();
    return this.#novelty;
  }

  #add(index: number, value: number): void {
    this.#sum[index] = (this.#sum[index] ?? 0) + value / this.#stepHops;
  }

  #step(): void {
    this.#steps.push(this.#sum.slice());
    this.#sum.fill(0);
    if (this.#steps.length > AFTER_STEPS + BEFORE_STEPS) this.#steps.shift();
    if (this.#steps.length < AFTER_STEPS * 2) return;

    const change = distance(mean(this.#steps.slice(0, -AFTER_STEPS)), mean(this.#steps.slice(-AFTER_STEPS)));
    // Until there is enough music to know the usual change, compares with the mean of all changes so far.
    this.#typical += (change - this.#typical) * Math.max(this.#typicalGain, 1 / ++this.#measured);
    const timesTypical = change / Math.max(TYPICAL_MIN, this.#typical);
    this.#novelty = Math.min(1, Math.max(0, (timesTypical - 1) / 1.2));
  }
}

function mean(steps: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(BANDS + PITCH_CLASSES);
  for (const step of steps) {
    for (let i = 0; i < result.length; i++) result[i] = (result[i] ?? 0) + (step[i] ?? 0) / steps.length;
  }
  return result;
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return Math.sqrt(sum);
}
