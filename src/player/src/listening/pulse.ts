import type { Frame } from "./features.js";
import { brightnessOf } from "./mood.js";
import type { Onset } from "./onset.js";
import type { Pulse } from "./rest.js";

const LOUDNESS_RISE_SECONDS = 0.06;
const LOUDNESS_FALL_SECONDS = 0.35;
const ONSET_FALL_SECONDS = 0.28;
const BRIGHTNESS_SECONDS = 0.6;
const HUE_SECONDS = 3;
const PEAK_SECONDS = 20;

/** Follows the sound, smoothed so that the art does not flash. */
export class PulseFollower {
  readonly #hop: number;
  #loudness = 0;
  #peak = 0.05;
  #onset = 0;
  #brightness = 0;
  #hueX = 0;
  #hueY = 0;

  constructor(hopSeconds: number) {
    this.#hop = hopSeconds;
  }

  get pulse(): Pulse {
    const turn = Math.atan2(this.#hueY, this.#hueX) / (2 * Math.PI);
    const tonal = Math.hypot(this.#hueX, this.#hueY);
    return {
      loudness: this.#loudness,
      onset: this.#onset,
      brightness: this.#brightness,
      hue: tonal > 0.01 ? (turn + 1) % 1 : 0,
    };
  }

  hear(frame: Frame, onset: Onset | null): void {
    this.#peak = Math.max(0.05, frame.rms, this.#peak * Math.exp(-this.#hop / PEAK_SECONDS));
    const loudness = Math.min(1, frame.rms / this.#peak) ** 0.8;
    const seconds = loudness > this.#loudness ? LOUDNESS_RISE_SECONDS : LOUDNESS_FALL_SECONDS;
    this.#loudness += (loudness - this.#loudness) * Math.min(1, this.#hop / seconds);
    this.#onset *= Math.exp(-this.#hop / ONSET_FALL_SECONDS);
    if (onset) this.#onset = Math.max(this.#onset, onset.strength);
    this.#brightness += (brightnessOf(frame.centroid) - this.#brightness) * (this.#hop / BRIGHTNESS_SECONDS);
    if (frame.chroma) this.#turnHue(frame.chroma);
  }

  /** Turns the hue by the pitch classes on the circle of fifths, where related harmonies are neighbours. */
  #turnHue(chroma: readonly number[]): void {
    let x = 0;
    let y = 0;
    let sum = 0;
    for (let pitch = 0; pitch < 12; pitch++) {
      const angle = (2 * Math.PI * ((pitch * 7) % 12)) / 12;
      const weight = (chroma[pitch] ?? 0) ** 2;
      x += weight * Math.cos(angle);
      y += weight * Math.sin(angle);
      sum += weight;
    }
    if (sum === 0) return;
    const gain = (this.#hop * 8) / HUE_SECONDS;
    this.#hueX += (x / sum - this.#hueX) * gain;
    this.#hueY += (y / sum - this.#hueY) * gain;
  }
}
