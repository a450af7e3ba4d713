import type { Mood } from "artfresh";
import type { Frame } from "./features.js";
import { majorness } from "./key.js";
import type { Onset } from "./onset.js";
import { NEUTRAL_MOOD } from "./rest.js";

const SMOOTHING_SECONDS = 5;
const HARMONY_SECONDS = 8;
const ONSET_WINDOW_SECONDS = 6;
const BUSY_ONSETS_PER_SECOND = 6;
const SILENCE_RMS = 0.002;
const USUAL_SECONDS = 40;
const CONTRAST = 2.2;

/**
 * Estimates the mood of music on the circumplex of affect, smoothed over seconds. Energy combines loudness, density of onsets and
 * brightness; valence combines majorness and brightness. Half of each is relative to this music's usual range, so that verse and
 * chorus differ even if the mastering levels them.
 */
export class MoodListener {
  readonly #hop: number;
  readonly #onsets: number[] = [];
  readonly #harmony: number[] = new Array(12).fill(0);
  readonly #usualLevel: RunningRange;
  readonly #usualBrightness: RunningRange;
  #level = 0;
  #brightness = 0.5;
  #heard = 0;
  #valence = NEUTRAL_MOOD.valence;
  #energy = NEUTRAL_MOOD.energy;

  constructor(hopSeconds: number) {
    this.#hop = hopSeconds;
    this.#usualLevel = new RunningRange(hopSeconds / USUAL_SECONDS);
    this.#usualBrightness = new RunningRange(hopSeconds / USUAL_SECONDS);
  }

  get mood(): Mood {
    return { valence: this.#valence, energy: this.#energy };
  }

  hear(frame: Frame, onset: Onset | null): void {
    if (onset) this.#onsets.push(onset.time);
    while ((this.#onsets[0] ?? frame.time) < frame.time - ONSET_WINDOW_SECONDS) this.#onsets.shift();
    if (frame.rms < SILENCE_RMS) return;

    this.#heard += this.#hop;
    // A larger gain in the first seconds, so that the mood of a song shows at once and then moves slowly.
    const gain = Math.max(this.#hop / SMOOTHING_SECONDS, this.#hop / (this.#heard + 0.5));
    this.#level += (levelOf(frame.rms) - this.#level) * Math.max(gain, this.#hop);
    this.#brightness += (brightnessOf(frame.centroid) - this.#brightness) * Math.max(gain, this.#hop);
    if (frame.chroma) this.#blendHarmony(frame.chroma);

    const energy = this.#energyNow(frame.time);
    const valence = this.#valenceNow(energy);
    this.#energy += (energy - this.#energy) * gain;
    this.#valence += (valence - this.#valence) * gain;
  }

  #blendHarmony(chroma: readonly number[]): void {
    const gain = (this.#hop * 8) / HARMONY_SECONDS;
    for (let pitch = 0; pitch < 12; pitch++) {
      const known = this.#harmony[pitch] ?? 0;
      this.#harmony[pitch] = known + ((chroma[pitch] ?? 0) - known) * gain;
    }
  }

  #energyNow(time: number): number {
    const span = Math.min(ONSET_WINDOW_SECONDS, Math.max(1, this.#heard));
    const recent = this.#onsets.filter((onset) => onset > time - span).length;
    const density = Math.min(1, recent / span / BUSY_ONSETS_PER_SECOND);
    const absolute = 0.45 * this.#level + 0.35 * density + 0.2 * this.#brightness;
    const relative = this.#usualLevel.place(this.#level);
    return clamp(0.5 + (0.7 * absolute + 0.3 * relative - 0.5) * 1.3);
  }

  #valenceNow(energy: number): number {
    const mode = 1 / (1 + Math.exp(-majorness(this.#harmony) * 9));
    const brighter = this.#usualBrightness.place(this.#brightness);
    return clamp(0.5 + (0.62 * mode + 0.26 * brighter + 0.12 * energy - 0.5) * 1.2);
  }
}

/** Places a value between the usual low and high of its past. */
class RunningRange {
  readonly #gain: number;
  #seen = 0;
  #mean = 0;
  #variance = 0;

  constructor(gain: number) {
    this.#gain = gain;
  }

  /** The place in 0..1; 0.5 is usual. */
  place(value: number): number {
    const gain = Math.max(this.#gain, 1 / ++this.#seen);
    const off = value - this.#mean;
    this.#mean += off * gain;
    this.#variance += (off * off - this.#variance) * gain;
    const deviation = Math.max(0.02, Math.sqrt(this.#variance));
    return clamp(0.5 + (value - this.#mean) / deviation / (CONTRAST * 2));
  }
}

/** Maps an RMS of -42 to -9 dB of full scale to 0..1. */
function levelOf(rms: number): number {
  return clamp((20 * Math.log10(Math.max(rms, 1e-6)) + 42) / 33);
}

/** Maps a spectral centroid of 400 Hz to 6.4 kHz to 0..1, by octaves. */
export function brightnessOf(centroidHz: number): number {
  return centroidHz > 0 ? clamp(Math.log2(centroidHz / 400) / 4) : 0;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
