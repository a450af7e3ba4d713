import type { OnsetStrength } from "./onsetStrength.js";
import type { TempoPath } from "./tempoPath.js";

type Periods = Pick<TempoPath, "stepSeconds" | "periods">;

export interface PartPath {
  /** Frame numbers. */
  readonly parts: number[];
  /** How well they fit. */
  readonly gain: number;
}

const TIGHTNESS = 200;
/** Of all numbers of frames between two beats. */
const LOGS = Float64Array.from({ length: 512 }, (_, i) => Math.log(i));
const BASS_WEIGHT = 1;
const NEAREST = 0.6;
const FARTHEST = 1.6;

/** The best paths of halves and of thirds of beats: easier to follow than beats, which a strong off-beat hides. */
export function partPaths(onsets: OnsetStrength, tempo: Periods): [halves: PartPath, thirds: PartPath] {
  const parts = (count: number): PartPath =>
    partPath(onsets, { ...tempo, periods: tempo.periods.map((period) => period / count) });
  return [parts(2), parts(3)];
}

/**
 * The parts, as frame numbers: the chain of onsets that is strongest and keeps to the tempo (dynamic programming:
 * D. Ellis, "Beat tracking by dynamic programming", 2007, with a period that changes along the song).
 */
function partPath({ hopSeconds, all, bass }: OnsetStrength, tempo: Periods): PartPath {
  const strength = smooth(all.map((value, i) => value + BASS_WEIGHT * (bass[i] ?? 0)));
  const total = new Float32Array(strength.length);
  const before = new Int32Array(strength.length).fill(-1);
  for (let i = 0; i < strength.length; i++) {
    const period = periodAt(tempo, i * hopSeconds) / hopSeconds;
    let best = 0;
    const log = Math.log(period);
    for (let ago = Math.round(period * NEAREST); ago <= period * FARTHEST && ago <= i; ago++) {
      const score = (total[i - ago] ?? 0) - TIGHTNESS * ((LOGS[ago] ?? 0) - log) ** 2;
      if (score > best) {
        best = score;
        before[i] = i - ago;
      }
    }
    total[i] = best + (strength[i] ?? 0);
  }
  const beats: number[] = [];
  const lastPeriod = periodAt(tempo, strength.length * hopSeconds) / hopSeconds;
  let at = strength.length - 1;
  for (let i = Math.max(0, Math.floor(strength.length - lastPeriod)); i < strength.length; i++) {
    if ((total[i] ?? 0) > (total[at] ?? 0)) at = i;
  }
  const gain = total[at] ?? 0;
  for (; at >= 0; at = before[at] ?? -1) beats.push(at);
  return { parts: beats.reverse(), gain };
}

/** Seconds of one beat at a time in seconds. */
function periodAt({ stepSeconds, periods }: Periods, seconds: number): number {
  const at = Math.min(periods.length - 1, Math.max(0, seconds / stepSeconds));
  const part = at - Math.floor(at);
  const here = periods[Math.floor(at)] ?? 0;
  const next = periods[Math.ceil(at)] ?? here;
  // Between two octaves there is no tempo in the middle.
  return Math.abs(next / here - 1) < 0.2 ? here * (1 - part) + next * part : here;
}

function smooth(values: Float32Array): Float32Array {
  return values.map((value, i) => 0.5 * value + 0.25 * ((values[i - 1] ?? 0) + (values[i + 1] ?? 0)));
}
