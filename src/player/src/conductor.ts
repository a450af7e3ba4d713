import type { Moment } from "./listening/ear.js";

/** Shortest time on screen of an artwork, in seconds. */
export const STAY_MIN_SECONDS = 6;
/** Longest time on screen of an artwork, in seconds. */
export const STAY_MAX_SECONDS = 20;
/** Time on screen of an artwork without music, in seconds. */
export const STAY_QUIET_SECONDS = 16;

const THRESHOLD_AT_MIN = 1.35;
const THRESHOLD_AT_MAX = 0.15;

/**
 * Decides when the artwork changes: at a boundary of the music. Which boundary suffices depends on the time on screen: soon after
 * the shortest time only a new section, later the first beat of a bar, finally any beat.
 */
export class Conductor {
  #shownAt = 0;
  #elapsed = 0;

  /** Restarts the time on screen. Call it when an artwork comes on screen. */
  restart(): void {
    this.#shownAt = this.#elapsed;
  }

  /** Seconds that the artwork has been on screen, without pauses. */
  get stay(): number {
    return this.#elapsed - this.#shownAt;
  }

  /** Adds `seconds` to the time on screen. Returns whether to change now if there is no music. */
  pass(seconds: number, isQuiet: boolean): boolean {
    this.#elapsed += seconds;
    return this.stay >= (isQuiet ? STAY_QUIET_SECONDS : STAY_MAX_SECONDS);
  }

  /** Whether to change the artwork at this moment of the music. */
  hear(moment: Moment): boolean {
    if (this.stay < STAY_MIN_SECONDS) return false;
    return salience(moment) >= threshold(this.stay);
  }
}

/**
 * Strength of a boundary: 0 between onsets, about 0.5 on a beat, 0.9 on a bar, 1.7 at the start of a section. The more regular the
 * music, the less an onset off the beat counts.
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
