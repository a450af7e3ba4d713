import type { Artwork } from "artfresh";
import { ease } from "./blend.js";
import type { Picture } from "./picture.js";

/** More at once would follow each other as fast as flashes. */
const HANGINGS_MAX = 4;
/** An artwork that fades in counts as on screen from this opacity on. */
const SEEN_OPACITY = 0.1;

export interface Hung {
  readonly artwork: Artwork;
  picture: Picture | null;
  readonly record: () => Promise<unknown>;
  /** Called with the time when it was on screen, or with null if it was replaced before that. */
  readonly seen: (at: number | null) => void;
  /** Whether it was painted, so faintly that nobody can see it, and `record` was called. */
  isPainted: boolean;
  /** Whether it may be seen. */
  isRecorded: boolean;
  isSeen: boolean;
  /** Of its fade, 0..1. */
  progress: number;
}

/** The artworks on the wall, each over the previous one, and the one that comes next. */
export class Hangings {
  #hung: Hung[] = [];
  #next: Hung | null = null;
  readonly #onHung: (hung: Hung) => void;

  /** @param onHung Called when an artwork comes onto the wall. */
  constructor(onHung: (hung: Hung) => void) {
    this.#onHung = onHung;
  }

  /** Lowest first. */
  get all(): readonly Hung[] {
    return this.#hung;
  }

  get top(): Hung | undefined {
    return this.#hung[this.#hung.length - 1];
  }

  /** Hangs an artwork over the others. While fades of several are under way it waits for the oldest; of those that wait, the latest stays. */
  hang(hung: Hung): void {
    if (this.#next) drop(this.#next);
    this.#next = hung;
    this.#takeNext();
  }

  /** Moves the fades by a share of their time, which is negative to move them back. */
  advance(share: number): void {
    for (const hung of this.#hung) if (hung.isRecorded) hung.progress = Math.max(0, hung.progress + share);
  }

  /** Takes down what is covered, and hangs what waits for a place. */
  settle(): void {
    const covering = this.#hung
      .map(({ isRecorded, progress }) => isRecorded && progress >= 1)
      .lastIndexOf(true);
    if (covering > 0) this.takeDown(covering);
    this.#takeNext();
  }

  /** Takes down the lowest ones. */
  takeDown(count: number): void {
    for (const hung of this.#hung.splice(0, count)) drop(hung);
  }

  /** Takes everything down. */
  clear(): void {
    if (this.#next) drop(this.#next);
    this.#next = null;
    this.takeDown(this.#hung.length);
  }

  /** Takes those artworks down; what is under them stays. Returns whether any was on the wall. */
  takeOff(ids: readonly number[]): boolean {
    const isGone = ({ artwork }: Hung): boolean => ids.includes(artwork.id);
    if (this.#next && isGone(this.#next)) {
      drop(this.#next);
      this.#next = null;
    }
    const gone = this.#hung.filter(isGone);
    this.#hung = this.#hung.filter((hung) => !isGone(hung));
    for (const hung of gone) drop(hung);
    return gone.length > 0;
  }

  /** Those that can be seen, and were not returned before. */
  takeSeen(): Hung[] {
    const seen = this.#hung.filter(
      ({ isRecorded, isSeen, progress }) => isRecorded && !isSeen && ease(progress) >= SEEN_OPACITY,
    );
    for (const hung of seen) hung.isSeen = true;
    return seen;
  }

  #takeNext(): void {
    if (!this.#next || this.#hung.length === HANGINGS_MAX) return;
    const hung = this.#next;
    this.#next = null;
    // The first artwork has nothing to fade from, so it appears at once.
    if (this.#hung.length === 0) hung.progress = 1;
    this.#hung.push(hung);
    this.#onHung(hung);
  }
}

function drop({ picture, seen, isSeen, isPainted }: Hung): void {
  picture?.element.remove();
  // It was recorded, however low its opacity was.
  if (!isSeen) seen(isPainted ? performance.now() : null);
}
