import type { Song } from "../songs.js";

export interface MediaCommands {
  next(): void;
  previous(): void;
  pause(isPaused: boolean): void;
  /** `position` in seconds. */
  seek(position: number): void;
}

export interface MediaKeys {
  describe(song: Song | null): void;
  playing(isPlaying: boolean): void;
}

/** Connects media keys and the system's now-playing display: next and previous change the artwork. */
export function createMediaKeys(commands: MediaCommands): MediaKeys {
  if (!("mediaSession" in navigator)) return { describe: () => {}, playing: () => {} };
  const session = navigator.mediaSession;
  const on = (action: MediaSessionAction, handler: MediaSessionActionHandler): void => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // Browsers throw for actions that they do not support.
    }
  };
  on("nexttrack", () => commands.next());
  on("previoustrack", () => commands.previous());
  on("play", () => commands.pause(false));
  on("pause", () => commands.pause(true));
  on("seekto", ({ seekTime }) => {
    if (typeof seekTime === "number") commands.seek(seekTime);
  });
  return {
    describe(song) {
      session.metadata = song
        ? new MediaMetadata({ title: song.title, artist: song.artist, album: "ArtFresh" })
        : null;
    },
    playing(isPlaying) {
      session.playbackState = isPlaying ? "playing" : "paused";
    },
  };
}
