import type { SongScore } from "./songScore.js";

/** The shortest time between two changes, in seconds. */
export const STAY_MIN_SECONDS = 7;
/** The longest time between two changes, in seconds. */
export const STAY_MAX_SECONDS = 20;
/** The time that is aimed at within a section, in seconds. */
const STAY_SECONDS = 13;
/** Bars are counted in twos and fours: a change after such a number of them fits. */
const PHRASES = [8, 4, 2] as const;

/**
 * The moments of a song at which the art changes, in seconds: each new section, and in between downbeats after whole
 * phrases, so that an artwork stays from {@link STAY_MIN_SECONDS} to {@link STAY_MAX_SECONDS}.
 */
export function changesOf({ beats, inBar, sections, seconds }: SongScore): number[] {
  const bars = beats.filter((_, i) => inBar[i] === 0);
  const changes: number[] = [];
  for (const [i, start] of sections.entries()) {
    const end = sections[i + 1] ?? seconds;
    if (changes.length === 0 || start - (changes[changes.length - 1] ?? 0) >= STAY_MIN_SECONDS)
      changes.push(start);
    const inside = bars.filter((bar) => bar > start && bar < end);
    for (
      let next = nextWithin(changes[changes.length - 1] ?? start, inside, end);
      next !== null;
      next = nextWithin(next, inside, end)
    ) {
      changes.push(next);
    }
  }
  return changes;
}

/** The next change within a section; null if what is left of it is one stay. */
function nextWithin(last: number, bars: readonly number[], end: number): number | null {
  if (end - last <= STAY_MAX_SECONDS) return null;
  const after = bars.filter((bar) => bar > last);
  const fits = (bar: number): boolean =>
    bar - last >= STAY_MIN_SECONDS && bar - last <= STAY_MAX_SECONDS && end - bar >= STAY_MIN_SECONDS;
  for (const phrase of PHRASES) {
    const candidates = after.filter((bar, i) => (i + 1) % phrase === 0 && fits(bar));
    if (candidates.length > 0) return nearest(candidates, last + STAY_SECONDS);
  }
  return null;
}

function nearest(values: readonly number[], to: number): number {
  return values.reduce((best, value) => (Math.abs(value - to) < Math.abs(best - to) ? value : best));
}
