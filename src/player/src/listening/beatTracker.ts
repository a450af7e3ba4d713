/** A beat that begins in this hop. */
export interface Beat {
  readonly time: number;
  /** Number of the beat in its bar; 0 is the downbeat. */
  readonly inBar: number;
}

const MEMORY_SECONDS = 9;
const ESTIMATE_EVERY_SECONDS = 0.5;
const PERIOD_MIN_SECONDS = 0.3;
const PERIOD_MAX_SECONDS = 1.1;
/** Listeners tap near 120 beats a minute (D. Ellis, "Beat tracking by dynamic programming", 2007). */
const PREFERRED_PERIOD_SECONDS = 0.5;
const PREFERENCE_OCTAVES = 0.9;
const BEATS_PER_BAR = 4;
const FADE_PER_BEAT = 0.9;
const ACCENT_MEMORY = 0.85;
/** Weight of the bass in the onset function: it carries the beat, but has few bands. */
const BASS_WEIGHT = 0.5;
/** How much better another tempo must fit to replace the current one. */
const HABIT = 1.3;
const CLEARLY = 1.3;
const MISSES_MAX = 6;

/**
 * Follows the beat by the onset function: the period by autocorrelation with a log-normal preference, the phase by a comb over the
 * last seconds, the downbeat by the entry of the bass. Assumes common time, as in most popular music.
 */
export class BeatTracker {
  readonly #hop: number;
  /** The onset function of each hop. */
  readonly #beginnings: Float32Array;
  readonly #bass: Float32Array;
  readonly #accents = new Float64Array(BEATS_PER_BAR);
  #written = 0;
  #sinceEstimate = 0;
  #period = 0;
  #regularity = 0;
  #nextBeat = 0;
  #beatCount = 0;
  #phaseMisses = 0;

  constructor(hopSeconds: number) {
    this.#hop = hopSeconds;
    this.#beginnings = new Float32Array(Math.ceil(MEMORY_SECONDS / hopSeconds));
    this.#bass = new Float32Array(this.#beginnings.length);
  }

  /** Beats a minute, 0 while unknown. */
  get tempo(): number {
    return this.#period > 0 ? 60 / (this.#period * this.#hop) : 0;
  }

  /** Regularity of the last seconds of music, 0..1. */
  get regularity(): number {
    return this.#period > 0 ? this.#regularity : 0;
  }

  /** Adds one hop's onset function (`flux`, and `lowFlux` of the bass). Returns the beat that begins in this hop, or null. */
  hear(flux: number, lowFlux: number, time: number): Beat | null {
    this.#beginnings[this.#written % this.#beginnings.length] = flux + BASS_WEIGHT * lowFlux;
    this.#bass[this.#written % this.#bass.length] = lowFlux;
    this.#written++;
    this.#sinceEstimate += this.#hop;
    if (this.#sinceEstimate >= ESTIMATE_EVERY_SECONDS && this.#written * this.#hop > 3) {
      this.#sinceEstimate = 0;
      this.#estimate();
    }
    if (this.#period === 0 || this.#written < this.#nextBeat) return null;

    this.#nextBeat += this.#period;
    // Only the previous beat is complete.
    const ended = (this.#beatCount + BEATS_PER_BAR - 1) % BEATS_PER_BAR;
    this.#accents[ended] = (this.#accents[ended] ?? 0) * ACCENT_MEMORY + this.#bassOfLastBeat();
    const inBar = (this.#beatCount - this.#downbeat() + BEATS_PER_BAR) % BEATS_PER_BAR;
    this.#beatCount = (this.#beatCount + 1) % BEATS_PER_BAR;
    return { time, inBar };
  }

  /** Strongest onset of the bass about one period ago. */
  #bassOfLastBeat(): number {
    let strongest = 0;
    for (let ago = Math.round(this.#period * 0.65); ago <= this.#period * 1.15; ago++) {
      strongest = Math.max(strongest, sample(this.#bass, this.#written, ago));
    }
    return strongest;
  }

  #downbeat(): number {
    let strongest = 0;
    for (let beat = 1; beat < BEATS_PER_BAR; beat++) {
      if ((this.#accents[beat] ?? 0) > (this.#accents[strongest] ?? 0)) strongest = beat;
    }
    return strongest;
  }

  /** Sum of the onset function on a grid of beats whose last beat was `ago` hops ago. */
  #comb(ago: number): number {
    let sum = 0;
    let weight = 1;
    for (let at = ago; at < this.#beginnings.length; at += this.#period) {
      sum += weight * interpolate(this.#beginnings, this.#written, at);
      weight *= FADE_PER_BEAT;
    }
    return sum;
  }

  #estimate(): void {
    const length = Math.min(this.#written, this.#beginnings.length);
    const centred = new Float32Array(length);
    let mean = 0;
    for (let ago = 0; ago < length; ago++) mean += sample(this.#beginnings, this.#written, ago) / length;
    for (let ago = 0; ago < length; ago++)
      centred[ago] = Math.max(0, sample(this.#beginnings, this.#written, ago) - mean);

    const shortest = Math.floor(PERIOD_MIN_SECONDS / this.#hop);
    const longest = Math.ceil(PERIOD_MAX_SECONDS / this.#hop);
    const similarity = autocorrelation(centred, Math.min(length - 1, longest * 4 + 2));
    const self = similarity[0] ?? 0;
    if (self < 1e-9) {
      this.#regularity = 0;
      return;
    }

    let best = shortest;
    let bestScore = -1;
    for (let lag = shortest; lag <= longest; lag++) {
      const habit = this.#period > 0 && Math.abs(lag / this.#period - 1) < 0.05 ? HABIT : 1;
      const score = periodScore(similarity, lag) * preference(lag * this.#hop) * habit;
      if (score > bestScore) [best, bestScore] = [lag, score];
    }
    const period = refinePeriod(similarity, best);
    this.#regularity = Math.min(1, Math.max(0, (similarity[Math.round(period)] ?? 0) / self) * 2);
    this.#follow(period);
  }

  #follow(period: number): void {
    const steady = this.#period > 0 && Math.abs(period / this.#period - 1) < 0.06;
    this.#period = steady ? this.#period * 0.7 + period * 0.3 : period;

    let bestAgo = 0;
    let bestSum = -1;
    for (let ago = 0; ago < this.#period; ago++) {
      const sum = this.#comb(ago);
      if (sum > bestSum) [bestAgo, bestSum] = [ago, sum];
    }
    const heardNext = this.#written - 1 - bestAgo + this.#period;
    const error = wrap(heardNext - this.#nextBeat, this.#period);
    const isNear = Math.abs(error) < this.#period * 0.2;
    const followed = this.#comb((this.#written - 1 - this.#nextBeat + this.#period * 2) % this.#period);
    // A short better match elsewhere is an off-beat; a clear and lasting one is the beat.
    this.#phaseMisses = isNear || bestSum < followed * CLEARLY ? 0 : this.#phaseMisses + 1;
    // After the correction a beat may be due at once. It must not be skipped, because the bar counts beats.
    if (isNear) this.#nextBeat += error * 0.5;
    else if (!steady || this.#phaseMisses >= MISSES_MAX) {
      this.#nextBeat = heardNext;
      while (this.#nextBeat < this.#written) this.#nextBeat += this.#period;
    }
  }
}

/** The value `ago` hops before the last of the `written` ones; 0 before the beginning. */
function sample(ring: Float32Array, written: number, ago: number): number {
  const index = written - 1 - ago;
  return index >= 0 && ago < ring.length ? (ring[index % ring.length] ?? 0) : 0;
}

function interpolate(ring: Float32Array, written: number, ago: number): number {
  const whole = Math.floor(ago);
  const part = ago - whole;
  return sample(ring, written, whole) * (1 - part) + sample(ring, written, whole + 1) * part;
}

function autocorrelation(values: Float32Array, longest: number): Float64Array {
  const result = new Float64Array(longest + 1);
  for (let lag = 0; lag <= longest; lag++) {
    let sum = 0;
    for (let i = lag; i < values.length; i++) sum += (values[i] ?? 0) * (values[i - lag] ?? 0);
    result[lag] = sum / (values.length - lag);
  }
  return result;
}

/** The fit of a period, which must also repeat at its multiples. */
function periodScore(similarity: Float64Array, lag: number): number {
  let score = 0;
  for (const [multiple, weight] of [
    [1, 1],
    [2, 0.7],
    [4, 0.5],
  ] as const) {
    const around = lag * multiple;
    score +=
      weight * Math.max(similarity[around - 1] ?? 0, similarity[around] ?? 0, similarity[around + 1] ?? 0);
  }
  return score;
}

function preference(seconds: number): number {
  return Math.exp(-0.5 * (Math.log2(seconds / PREFERRED_PERIOD_SECONDS) / PREFERENCE_OCTAVES) ** 2);
}

/** Refines the period by the peak at four periods, which is four times as precise as the peak at one. */
function refinePeriod(similarity: Float64Array, lag: number): number {
  let period = peakNear(similarity, lag, 2);
  for (const multiple of [2, 4]) {
    const around = Math.round(period * multiple);
    if (around + 3 < similarity.length) period = peakNear(similarity, around, 2) / multiple;
  }
  return period;
}

function peakNear(similarity: Float64Array, around: number, reach: number): number {
  let peak = around;
  for (let lag = around - reach; lag <= around + reach; lag++) {
    if ((similarity[lag] ?? 0) > (similarity[peak] ?? 0)) peak = lag;
  }
  const left = similarity[peak - 1] ?? 0;
  const middle = similarity[peak] ?? 0;
  const right = similarity[peak + 1] ?? 0;
  const bend = left - 2 * middle + right;
  return bend < 0 ? peak + Math.max(-0.5, Math.min(0.5, (0.5 * (left - right)) / bend)) : peak;
}

/** The difference reduced to ±half a period. */
function wrap(difference: number, period: number): number {
  return difference - Math.round(difference / period) * period;
}
