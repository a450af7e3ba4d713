import { changesOf } from "./changes.js";
import type { SongScore } from "./songScore.js";

/** A larger step in the position is a seek, which passes no moment. A busy page may be late by seconds. */
const SEEK_SECONDS = 5;

/** Says when the art changes in a song that is known: see {@link changesOf}. */
export class ScoreConductor {
  readonly #changes: readonly number[];
  #position: number | null = null;

  constructor(score: SongScore) {
    this.#changes = changesOf(score);
  }

  /** Whether there is anything to follow: music without a beat has none. */
  get isFollowing(): boolean {
    return this.#changes.length > 0;
  }

  /**
   * Follows the song.
   * @param position Seconds of the song that are heard now.
   * @param ahead Seconds before a change at which to begin with it, so that its middle is on the beat.
   * @returns How many seconds ago the change should have begun, if one is due now; else null.
   */
  reach(position: number, ahead: number): number | null {
    const [from, to] = [this.#position, position + ahead];
    this.#position = to;
    if (from === null || to < from || to - from > SEEK_SECONDS) return null;
    const due = this.#changes.find((change) => change > from && change <= to);
    return due === undefined ? null : to - due;
  }
}
