/** A note, beat or chord that begins. */
export interface Onset {
  readonly time: number;
  /** Strength relative to the strongest onsets of the last seconds, 0..1. */
  readonly strength: number;
}

const MEAN_SECONDS = 1.2;
const PEAK_SECONDS = 12;
const APART_SECONDS = 0.09;
const ABOVE_MEAN = 1.45;
const FLUX_MIN = 0.012;

/**
 * Detects onsets in the flux of consecutive hops: a local maximum that exceeds the recent mean
 * (S. Dixon, "Onset detection revisited", 2006, made causal, so that it reports one hop late).
 */
export class OnsetDetector {
  readonly #meanGain: number;
  readonly #peakDecay: number;
  #mean = 0;
  #peak = FLUX_MIN * 4;
  #last = 0;
  #beforeLast = 0;
  #lastTime = 0;
  #lastOnset = Number.NEGATIVE_INFINITY;

  constructor(hopSeconds: number) {
    this.#meanGain = hopSeconds / MEAN_SECONDS;
    this.#peakDecay = Math.exp(-hopSeconds / PEAK_SECONDS);
  }

  /** The onset in the previous hop, or null. */
  hear(flux: number, time: number): Onset | null {
    const candidate = this.#last;
    const isPeak = candidate > this.#beforeLast && candidate >= flux;
    const standsOut = candidate > FLUX_MIN && candidate > this.#mean * ABOVE_MEAN;
    const apart = this.#lastTime - this.#lastOnset >= APART_SECONDS;
    let onset: Onset | null = null;
    if (isPeak && standsOut && apart) {
      this.#lastOnset = this.#lastTime;
      this.#peak = Math.max(this.#peak, candidate);
      onset = { time: this.#lastTime, strength: Math.min(1, candidate / this.#peak) };
    }

    this.#mean += (flux - this.#mean) * this.#meanGain;
    this.#peak = Math.max(FLUX_MIN * 4, this.#peak * this.#peakDecay);
    this.#beforeLast = this.#last;
    this.#last = flux;
    this.#lastTime = time;
    return onset;
  }
}
