import type { Song } from "../songs.js";
import type { LiveKind } from "../sound/liveInput.js";
import type { Queue } from "../sound/queue.js";

/** What the rooms of songs and sources use of the page. */
export interface ChoosePorts {
  /** Null before there is sound. */
  queue(): Pick<Queue, "songs" | "current" | "isShuffled" | "repeat"> | null;
  playQueued(song: Song): void;
  toggleShuffle(): void;
  /** To the next kind of repeat. */
  changeRepeat(): void;
  /** Puts songs at the end of the queue. */
  add(songs: readonly Song[]): void;
  /** Plays songs in place of others. */
  play(songs: readonly Song[]): void;
  listen(kind: LiveKind, deviceId?: string): void;
  say(text: string): void;
}

export interface ChooseCommands {
  /** The songs that play: their order, shuffle and repeat. */
  openSongs(): void;
  /** Where sound may come from besides a file and the room. */
  openSources(): void;
}
