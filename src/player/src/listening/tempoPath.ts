import { movingMean, type OnsetStrength } from "./onsetStrength.js";

/** The beat's period along the song. */
export interface TempoPath {
  /** Seconds between two values. */
  readonly stepSeconds: number;
  /** Seconds of one beat. */
  readonly periods: Float32Array;
  /** How much of the onsets repeats with the period, 0..1. */
  readonly regularity: Float32Array;
}

export const TEMPO_STEP_SECONDS = 0.5;
/** Seconds of music that tell the tempo of a step. */
export const TEMPO_WINDOW_SECONDS = 8;
const PERIOD_MIN_SECONDS = 0.29;
const PERIOD_MAX_SECONDS = 1.35;
const STATES = 112;
/** Listeners tap near 120 beats a minute (D. Moelants, "Preferred tempo reconsidered", 2002). */
const PREFERRED_PERIOD_SECONDS = 0.48;
const PREFERENCE_OCTAVES = 0.75;
const BASS_WEIGHT = 0.6;
/** What a step to the neighbouring period costs, in units of a full correlation. */
const STEP_COST = 0.06;
const STEPS_MAX = 5;
const JUMP_COST = 1.5;
/** How much the onsets should repeat after each number of beats: above all after two, four and eight. */
const HARMONICS = [1, 0.8, 0.3, 1, 0, 0.2, 0, 0.6] as const;

/** The tempo as the best path through the autocorrelation of the onsets, window by window. */
export function tempoPath(onsets: OnsetStrength): TempoPath {
  const { hopSeconds } = onsets;
  const whole = weighed(onsets);
  const reach = Math.round(TEMPO_WINDOW_SECONDS / 2 / hopSeconds);
  const steps = Math.max(1, Math.floor((whole.length * hopSeconds) / TEMPO_STEP_SECONDS));
  const follower = new TempoFollower(hopSeconds, steps);
  for (let step = 0; step < steps; step++) {
    const centre = Math.round((step * TEMPO_STEP_SECONDS) / hopSeconds);
    const from = Math.max(0, Math.min(centre - reach, whole.length - 2 * reach));
    follower.hear(whole.slice(from, from + 2 * reach));
  }
  const { periods, fits } = follower.path(steps);
  const present = presence(onsets);
  const regularity = fits.map(
    (fitted, step) => fitted * (present[Math.round((step * TEMPO_STEP_SECONDS) / hopSeconds)] ?? 0),
  );
  return { stepSeconds: TEMPO_STEP_SECONDS, periods, regularity };
}

/** The onsets that tell the tempo: the bass counts for more. */
export function weighed({ all, bass }: OnsetStrength): Float32Array {
  return all.map((value, i) => value + BASS_WEIGHT * (bass[i] ?? 0));
}

/** How much there is to be heard around each frame, 0..1. */
export function presence({ all, hopSeconds }: OnsetStrength): Float32Array {
  const squares = all.map((value) => value * value);
  return movingMean(squares, Math.round(TEMPO_WINDOW_SECONDS / 2 / hopSeconds)).map((value) =>
    Math.min(1, value),
  );
}

/** Finds the best path of periods through one window of onsets after another (Viterbi). */
export class TempoFollower {
  readonly #hop: number;
  readonly #stepsMax: number;
  readonly #periods = Float32Array.from(
    { length: STATES },
    (_, i) => PERIOD_MIN_SECONDS * (PERIOD_MAX_SECONDS / PERIOD_MIN_SECONDS) ** (i / (STATES - 1)),
  );
  /** How well each period fits, without the preference, by step. */
  readonly #fits: Float32Array[] = [];
  /** The state before each state, by step. */
  readonly #from: Int16Array[] = [];
  #scores: Float32Array | null = null;

  /** @param stepsMax Steps that are remembered. */
  constructor(hopSeconds: number, stepsMax: number) {
    this.#hop = hopSeconds;
    this.#stepsMax = stepsMax;
  }

  /** Adds a step: the onsets around it, which are changed. */
  hear(window: Float32Array): void {
    const correlation = autocorrelation(window, this.#hop);
    const fits = this.#periods.map((period) => Math.max(0, fit(correlation, period / this.#hop)));
    const preferred = fits.map((value, state) => value * preference(this.#periods[state] ?? 0));
    const { scores, from } = onward(this.#scores, preferred);
    this.#scores = scores;
    this.#fits.push(fits);
    this.#from.push(from);
    if (this.#fits.length > this.#stepsMax) {
      this.#fits.shift();
      this.#from.shift();
    }
  }

  /** Seconds of a beat in the last steps, and how well they fit. */
  path(steps: number): { periods: Float32Array; fits: Float32Array } {
    const length = Math.min(steps, this.#fits.length);
    const [periods, fits] = [new Float32Array(length), new Float32Array(length)];
    let state = indexOfMax(this.#scores ?? []);
    for (let i = length - 1, step = this.#fits.length - 1; i >= 0; i--, step--) {
      periods[i] = this.#periods[state] ?? 0;
      fits[i] = this.#fits[step]?.[state] ?? 0;
      state = this.#from[step]?.[state] ?? 0;
    }
    return { periods, fits };
  }
}

/** Replaces the window by its tapered deviation from the mean, and correlates that with itself. */
function autocorrelation(window: Float32Array, hopSeconds: number): Float32Array {
  let mean = 0;
  for (const value of window) mean += value / window.length;
  for (let i = 0; i < window.length; i++) {
    window[i] = ((window[i] ?? 0) - mean) * Math.sin((Math.PI * (i + 0.5)) / window.length);
  }
  const lags = Math.min(window.length, Math.ceil((PERIOD_MAX_SECONDS * HARMONICS.length) / hopSeconds) + 3);
  const result = new Float32Array(lags);
  for (let lag = 0; lag < lags; lag++) {
    let sum = 0;
    for (let i = lag; i < window.length; i++) sum += (window[i] ?? 0) * (window[i - lag] ?? 0);
    // The taper leaves less of a longer lag.
    result[lag] = (sum * window.length) / Math.max(1, window.length - lag);
  }
  const self = result[0] ?? 0;
  return self > 1e-9 ? result.map((value) => value / self) : result.fill(0);
}

function fit(correlation: Float32Array, lag: number): number {
  let sum = 0;
  let weights = 0;
  for (const [i, weight] of HARMONICS.entries()) {
    if (lag * (i + 1) >= correlation.length - 2) break;
    sum += weight * peak(correlation, lag * (i + 1));
    weights += weight;
  }
  return weights > 0 ? sum / weights : 0;
}

function peak(correlation: Float32Array, lag: number): number {
  const at = Math.floor(lag);
  const part = lag - at;
  return Math.max(
    (correlation[at] ?? 0) * (1 - part) + (correlation[at + 1] ?? 0) * part,
    ((correlation[at - 1] ?? 0) + (correlation[at + 2] ?? 0)) / 2,
  );
}

function preference(seconds: number): number {
  return Math.exp(-0.5 * (Math.log2(seconds / PREFERRED_PERIOD_SECONDS) / PREFERENCE_OCTAVES) ** 2);
}

/** One step of the path: the best score that ends in each state, and where it came from. */
function onward(
  scores: Float32Array | null,
  fitted: Float32Array,
): { scores: Float32Array; from: Int16Array } {
  const from = new Int16Array(fitted.length);
  if (!scores) return { scores: fitted, from };
  const next = new Float32Array(fitted.length);
  const best = indexOfMax(scores);
  for (let state = 0; state < fitted.length; state++) {
    let [source, score] = [best, (scores[best] ?? 0) - JUMP_COST];
    const last = Math.min(fitted.length - 1, state + STEPS_MAX);
    for (let other = Math.max(0, state - STEPS_MAX); other <= last; other++) {
      const reached = (scores[other] ?? 0) - STEP_COST * Math.abs(other - state);
      if (reached > score) [source, score] = [other, reached];
    }
    next[state] = score + (fitted[state] ?? 0);
    from[state] = source;
  }
  // Sums would lose their precision with the hours.
  const most = next[indexOfMax(next)] ?? 0;
  return { scores: next.map((score) => score - most), from };
}

function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}
