import type { Moment } from "./listening/ear.js";

/** Shortest stay of an artwork, in seconds. */
export const STAY_MIN_SECONDS = 6;
/** Longest stay of an artwork, in seconds. */
export const STAY_MAX_SECONDS = 20;
/** Stay of an artwork without music, in seconds. */
export const STAY_QUIET_SECONDS = 16;

const THRESHOLD_AT_MIN = 1.35;
const THRESHOLD_AT_MAX = 0.15;

/**
 * Decides when the art changes: where the music has a boundary. What counts as one depends on how long the artwork has been
 * up: soon after the shortest stay only a new section, later the first beat of a bar, finally any beat.
 */
export class Conductor {
  #shownAt = 0;
  #elapsed = 0;

  /** An artwork came on screen: its stay begins. */
  restart(): void {
    this.#shownAt = this.#elapsed;
  }

  /** Seconds that the artwork has been up, pauses left out. */
  get stay(): number {
    return this.#elapsed - this.#shownAt;
  }

  /** `seconds` passed without pause. Returns whether to change now, where there is no music. */
  pass(seconds: number, isQuiet: boolean): boolean {
    this.#elapsed += seconds;
    return this.stay >= (isQuiet ? STAY_QUIET_SECONDS : STAY_MAX_SECONDS);
  }

  /** Whether to change at this moment of the music. */
  hear(moment: Moment): boolean {
    if (this.stay < STAY_MIN_SECONDS) return false;
    return salience(moment) >= threshold(this.stay);
  }
}

/**
 * How much of a boundary a moment is: 0 between onsets, about 0.5 on a beat, 0.9 on a bar, 1.7 where a section begins. The more
 * regular the music, the less does anything count that is off the beat.
 */
export function salience({ onset, beat, regularity, novelty }: Moment): number {
  if (!onset && !beat) return 0;
  const onBeat = beat ? 1 : 1 - regularity;
  const accent = onset ? 0.3 * onset.strength : 0;
  const metre = beat ? regularity * (beat.inBar === 0 ? 0.75 : 0.35) : 0;
  return metre + onBeat * (accent + 0.9 * novelty);
}

function threshold(stay: number): number {
  const age = Math.min(1, (stay - STAY_MIN_SECONDS) / (STAY_MAX_SECONDS - STAY_MIN_SECONDS));
  return THRESHOLD_AT_MIN + (THRESHOLD_AT_MAX - THRESHOLD_AT_MIN) * age;
}
