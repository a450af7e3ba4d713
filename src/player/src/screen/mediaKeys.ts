import type { Song } from "../songs.js";

export interface MediaCommands {
  nextSong(): void;
  previousSong(): void;
  pause(isPaused: boolean): void;
  /** `position` in seconds. */
  seek(position: number): void;
  /** By so many seconds. */
  seekBy(seconds: number): void;
}

export interface MediaKeys {
  describe(song: Song | null): void;
  /** Shows a picture of what is on the wall beside the song. */
  picture(portrait: Blob | null): void;
  playing(isPlaying: boolean): void;
}

const STEP_SECONDS = 10;

/** Connects media keys and the system's now-playing display: next and previous change the song. */
export function createMediaKeys(commands: MediaCommands): MediaKeys {
  if (!("mediaSession" in navigator)) return { describe: () => {}, picture: () => {}, playing: () => {} };
  const session = navigator.mediaSession;
  const on = (action: MediaSessionAction, handler: MediaSessionActionHandler): void => {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // Browsers throw for actions that they do not support.
    }
  };
  on("nexttrack", () => commands.nextSong());
  on("previoustrack", () => commands.previousSong());
  on("play", () => commands.pause(false));
  on("pause", () => commands.pause(true));
  on("stop", () => commands.pause(true));
  on("seekforward", ({ seekOffset }) => commands.seekBy(seekOffset ?? STEP_SECONDS));
  on("seekbackward", ({ seekOffset }) => commands.seekBy(-(seekOffset ?? STEP_SECONDS)));
  on("seekto", ({ seekTime }) => {
    if (typeof seekTime === "number") commands.seek(seekTime);
  });
  let current: Song | null = null;
  let picture: string | null = null;
  const show = (): void => {
    const artwork = picture ? [{ src: picture, sizes: "256x256", type: "image/jpeg" }] : [];
    session.metadata = current
      ? new MediaMetadata({ title: current.title, artist: current.artist, album: "ArtFresh", artwork })
      : null;
  };
  return {
    describe(song) {
      current = song;
      show();
    },
    picture(portrait) {
      const before = picture;
      picture = portrait && URL.createObjectURL(portrait);
      show();
      if (before) URL.revokeObjectURL(before);
    },
    playing(isPlaying) {
      session.playbackState = isPlaying ? "playing" : "paused";
    },
  };
}
