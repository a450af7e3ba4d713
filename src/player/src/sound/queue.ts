import type { Song } from "../songs.js";

/** What follows the last song: the first one, the same one again, or nothing. */
export type Repeat = "all" | "one" | "none";

/** The songs that play one after another. */
export class Queue {
  /** As they were chosen. */
  #chosen: Song[] = [];
  /** As they play. */
  #songs: Song[] = [];
  #index = -1;
  #isShuffled = false;
  repeat: Repeat = "all";

  /** In the order in which they play. */
  get songs(): readonly Song[] {
    return this.#songs;
  }

  get current(): Song | null {
    return this.#songs[this.#index] ?? null;
  }

  /** The song that follows by itself. */
  get following(): Song | null {
    if (this.repeat === "one") return this.current;
    return this.#songs[this.#index + 1] ?? (this.repeat === "all" ? (this.#songs[0] ?? null) : null);
  }

  get isShuffled(): boolean {
    return this.#isShuffled;
  }

  /** Whether the songs after the current one play in a random order. */
  set isShuffled(isShuffled: boolean) {
    if (this.#isShuffled === isShuffled) return;
    this.#isShuffled = isShuffled;
    this.#arrange(this.current);
  }

  set(songs: readonly Song[], current: Song | null): void {
    this.#chosen = [...songs];
    this.#arrange(current);
  }

  /** Puts songs behind the last one. */
  add(songs: readonly Song[]): void {
    this.#chosen.push(...songs);
    this.#songs.push(...(this.#isShuffled ? shuffled(songs) : songs));
  }

  goTo(song: Song | null): void {
    this.#index = song ? this.#songs.indexOf(song) : -1;
  }

  /** One step on or back, around the ends. */
  step(by: 1 | -1): void {
    const { length } = this.#songs;
    if (length > 0) this.#index = (this.#index + by + length) % length;
  }

  #arrange(current: Song | null): void {
    if (this.#isShuffled && current) {
      this.#songs = [current, ...shuffled(this.#chosen.filter((song) => song !== current))];
    } else {
      this.#songs = [...this.#chosen];
    }
    this.goTo(current);
  }
}

function shuffled(songs: readonly Song[]): Song[] {
  const left = [...songs];
  return songs.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0] as Song);
}
