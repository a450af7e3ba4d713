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

const STEP_SECONDS = 0.5;
const WINDOW_SECONDS = 8;
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
const HARMONICS = [1, 0.8, 0.5, 0.6] as const;

/** The tempo as the best path through the autocorrelation of the onsets, window by window (Viterbi). */
export function tempoPath({ hopSeconds, all, bass }: OnsetStrength): TempoPath {
  const onsets = all.map((value, i) => value + BASS_WEIGHT * (bass[i] ?? 0));
  const periods = Float32Array.from(
    { length: STATES },
    (_, i) => PERIOD_MIN_SECONDS * (PERIOD_MAX_SECONDS / PERIOD_MIN_SECONDS) ** (i / (STATES - 1)),
  );
  const steps = Math.max(1, Math.floor((onsets.length * hopSeconds) / STEP_SECONDS));
  const fits: Float32Array[] = [];
  const correlations: Float32Array[] = [];
  for (let step = 0; step < steps; step++) {
    const correlation = autocorrelation(onsets, Math.round((step * STEP_SECONDS) / hopSeconds), hopSeconds);
    correlations.push(correlation);
    fits.push(periods.map((period) => fit(correlation, period / hopSeconds) * preference(period)));
  }
  const path = bestPath(fits);
  const chosen = Float32Array.from(path, (state) => periods[state] ?? 0);
  const presence = movingMean(
    all.map((value) => value * value),
    Math.round(WINDOW_SECONDS / 2 / hopSeconds),
  );
  const regularity = chosen.map((period, step) => {
    const present = Math.min(1, presence[Math.round((step * STEP_SECONDS) / hopSeconds)] ?? 0);
    return present * Math.max(0, fit(correlations[step] ?? new Float32Array(1), period / hopSeconds));
  });
  return { stepSeconds: STEP_SECONDS, periods: chosen, regularity };
}

function autocorrelation(onsets: Float32Array, centre: number, hopSeconds: number): Float32Array {
  const reach = Math.round(WINDOW_SECONDS / 2 / hopSeconds);
  const from = Math.max(0, Math.min(centre - reach, onsets.length - 2 * reach));
  const window = onsets.slice(from, from + 2 * reach);
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
  return sum / weights;
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

function bestPath(fits: readonly Float32Array[]): Int16Array {
  let scores = Float32Array.from(fits[0] ?? []);
  const from: Int16Array[] = [];
  for (const fitted of fits.slice(1)) {
    const best = indexOfMax(scores);
    const next = new Float32Array(fitted.length);
    const came = new Int16Array(fitted.length);
    for (let state = 0; state < fitted.length; state++) {
      let source = best;
      let score = (scores[best] ?? 0) - JUMP_COST;
      for (
        let other = Math.max(0, state - STEPS_MAX);
        other <= Math.min(fitted.length - 1, state + STEPS_MAX);
        other++
      ) {
        const reached = (scores[other] ?? 0) - STEP_COST * Math.abs(other - state);
        if (reached > score) [source, score] = [other, reached];
      }
      next[state] = score + (fitted[state] ?? 0);
      came[state] = source;
    }
    scores = next;
    from.push(came);
  }
  const path = new Int16Array(fits.length);
  path[fits.length - 1] = indexOfMax(scores);
  for (let step = fits.length - 1; step > 0; step--) path[step - 1] = from[step - 1]?.[path[step] ?? 0] ?? 0;
  return path;
}

function indexOfMax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}
