import type { Mood } from "artfresh";
import { NEUTRAL_MOOD } from "../listening/rest.js";
import { changesOf } from "./changes.js";
import type { SongScore } from "./songScore.js";

/** A larger step in the position is a seek, which passes no moment. A busy page may be late by seconds. */
const SEEK_SECONDS = 5;
/** A song that is known this soon is known from its beginning. */
const BEGINNING_SECONDS = 1;

/** Says when the art changes in a song that is known: see {@link changesOf}. */
export class ScoreConductor {
  readonly #score: SongScore;
  readonly #changes: readonly number[];
  #position: number | null = null;

  constructor(score: SongScore) {
    this.#score = score;
    this.#changes = changesOf(score);
  }

  /** Whether there is anything to follow: music without a beat has none. */
  get isFollowing(): boolean {
    return this.#changes.length > 0;
  }

  /** The mood of the section at `position`, in seconds. Before the first one it is that of the first. */
  moodAt(position: number): Mood {
    const { moods, sections } = this.#score;
    const begun = sections.filter((start) => start <= position).length;
    return moods[Math.max(0, begun - 1)] ?? NEUTRAL_MOOD;
  }

  /**
   * Follows the song.
   * @param position Seconds of the song that are heard now.
   * @param ahead Seconds before a change at which to begin with it, so that its middle is on the beat.
   * @returns How many seconds ago the change should have begun, if one is due now; else null.
   */
  reach(position: number, ahead: number): number | null {
    const to = position + ahead;
    // Art changes with the first bar, even if that is the first sound.
    const from = this.#position ?? (position < BEGINNING_SECONDS ? Number.NEGATIVE_INFINITY : null);
    this.#position = to;
    if (from === null || to < from || (from > 0 && to - from > SEEK_SECONDS)) return null;
    const due = this.#changes.find((change) => change > from && change <= to);
    return due === undefined ? null : to - due;
  }
}
