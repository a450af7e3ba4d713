import type { OnsetStrength } from "./onsetStrength.js";
import type { TempoPath } from "./tempoPath.js";

const TIGHTNESS = 200;
const BASS_WEIGHT = 1;
const NEAREST = 0.6;
const FARTHEST = 1.6;

/**
 * The beats, as frame numbers: the chain of onsets that is strongest and keeps to the tempo (dynamic programming:
 * D. Ellis, "Beat tracking by dynamic programming", 2007, with a period that changes along the song).
 */
export function beatPath({ hopSeconds, all, bass }: OnsetStrength, tempo: TempoPath): number[] {
  const strength = smooth(all.map((value, i) => value + BASS_WEIGHT * (bass[i] ?? 0)));
  const total = new Float32Array(strength.length);
  const before = new Int32Array(strength.length).fill(-1);
  for (let i = 0; i < strength.length; i++) {
    const period = periodAt(tempo, i * hopSeconds) / hopSeconds;
    let best = 0;
    for (let ago = Math.round(period * NEAREST); ago <= period * FARTHEST && ago <= i; ago++) {
      const score = (total[i - ago] ?? 0) - TIGHTNESS * Math.log(ago / period) ** 2;
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
  for (; at >= 0; at = before[at] ?? -1) beats.push(at);
  return beats.reverse();
}

/** Seconds of one beat at a time in seconds. */
export function periodAt({ stepSeconds, periods }: TempoPath, seconds: number): number {
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
