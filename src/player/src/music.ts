import { createChoose } from "./choose/choose.js";
import type { ChooseCommands } from "./choose/ports.js";
import { chosenConsent } from "./consent.js";
import type { Player } from "./player.js";
import type { Controls, SoundKind } from "./screen/controls.js";
import type { MediaKeys } from "./screen/mediaKeys.js";
import type { Song } from "./songs.js";
import type { LiveKind } from "./sound/liveInput.js";
import type { Repeat } from "./sound/queue.js";
import { Sound } from "./sound/sound.js";

export interface MusicPorts {
  readonly player: Player;
  controls(): Controls;
  mediaKeys(): MediaKeys;
  /** Shows the art. */
  open(): void;
  say(text: string): void;
  /** Tells a screen reader what has changed. */
  caption(text: string): void;
}

/** Each kind of repeat, what is said of it, and which one comes next. */
const REPEATS: Readonly<Record<Repeat, { readonly words: string; readonly next: Repeat }>> = {
  all: { words: "All songs are repeated.", next: "one" },
  one: { words: "This song is repeated.", next: "none" },
  none: { words: "The music stops after the last song.", next: "all" },
};

/** What to say when live sound can't be had. */
const REFUSED: Readonly<Record<LiveKind, string>> = {
  microphone: "The microphone isn't available. Allow it in the browser, or choose a song.",
  shared: "Nothing is shared with its sound. Choose a tab, and tick “Also share tab audio”.",
};

/** What to say when it ends by itself. */
const LOST: Readonly<Record<LiveKind, string>> = {
  microphone: "The microphone is gone. Plug it in and choose it again, or choose a song.",
  shared: "The sound is shared no longer. Share it again, or choose a song.",
};

/** Connects the sound with the player and the screen: songs, live sound, or none. */
export class Music {
  readonly #ports: MusicPorts;
  readonly choose: ChooseCommands;
  #sound: Sound | null = null;
  #volumeBeforeMute = 1;

  constructor(ports: MusicPorts) {
    this.#ports = ports;
    this.choose = createChoose({
      queue: () => this.#sound?.queue ?? null,
      playQueued: (song) => this.#sound?.playQueued(song),
      toggleShuffle: () => this.toggleShuffle(),
      changeRepeat: () => this.changeRepeat(),
      add: (songs) => this.#sound?.add(songs),
      play: (songs) => this.play(songs, 0),
      listen: (kind, deviceId) => void this.listen(kind, deviceId),
      say: ports.say,
    });
  }

  get hasSong(): boolean {
    return this.#sound?.hasSong ?? false;
  }

  play(songs: readonly Song[], index: number): void {
    this.#open().play(songs, index);
    this.#ports.open();
  }

  async listen(kind: LiveKind, deviceId?: string): Promise<void> {
    try {
      await this.#open().listen(kind, deviceId);
      this.#ports.open();
    } catch {
      this.#ports.say(REFUSED[kind]);
    }
  }

  /** Ends the sound. */
  stop(): void {
    this.#sound?.stop();
    this.#show(null);
  }

  pause(isPaused: boolean): void {
    if (isPaused) this.#sound?.pause();
    else this.#sound?.resume();
  }

  skip(by: 1 | -1): void {
    this.#sound?.skip(by);
  }

  /** `position` in seconds. */
  seek(position: number): void {
    this.#sound?.seek(position);
  }

  seekBy(seconds: number): void {
    if (this.#sound) this.#sound.seek(this.#sound.position + seconds);
  }

  setVolume(volume: number): void {
    if (this.#sound) this.#sound.volume = volume;
  }

  toggleMute(): void {
    const sound = this.#sound;
    if (!sound) return;
    const { volume } = sound;
    sound.volume = volume > 0 ? 0 : this.#volumeBeforeMute;
    if (volume > 0) this.#volumeBeforeMute = volume;
  }

  toggleShuffle(): void {
    const sound = this.#sound;
    if (!sound?.hasSong) return;
    sound.isShuffled = !sound.queue.isShuffled;
    this.#ports.say(sound.queue.isShuffled ? "The songs are shuffled." : "The songs are in their order.");
  }

  /** To the next kind of repeat. */
  changeRepeat(): void {
    const sound = this.#sound;
    if (!sound?.hasSong) return;
    sound.repeat = REPEATS[sound.queue.repeat].next;
    this.#ports.say(REPEATS[sound.queue.repeat].words);
  }

  /** Browsers start sound only within a gesture, so the first gesture creates it. */
  #open(): Sound {
    const { player, say } = this.#ports;
    this.#sound ??= new Sound({
      onMoment: (moment, ear) => player.hear(moment, ear),
      onScore: (score) => {
        player.follow(score);
        this.#ports.controls().showReading(null);
      },
      onReading: (done) => this.#ports.controls().showReading(done),
      onPosition: (seconds) => player.reach(seconds),
      mayKeepScores: () => chosenConsent() === "full",
      onSong: (song) => this.#show(song),
      onPause: (isPaused) => player.pause(isPaused),
      onChange: () => this.#follow(),
      onUnplayable: (song) => say(unplayableWords(song)),
      onLineLost: ({ title }) =>
        say(`The connection to “${title}” is lost. The song goes on when it is back.`),
      onInputLost: (kind) => say(LOST[kind]),
    });
    return this.#sound;
  }

  #show(song: Song | null): void {
    const kind: SoundKind = song ? "song" : (this.#sound?.liveKind ?? "quiet");
    if (kind === "quiet") this.#ports.player.hush();
    this.#ports.controls().showSong(kind, song);
    this.#ports.mediaKeys().describe(song);
    if (song) this.#ports.caption([song.title, song.artist].filter(Boolean).join(", "));
  }

  #follow(): void {
    const sound = this.#sound;
    if (!sound) return;
    this.#ports.controls().showPosition(sound.position, sound.duration);
    this.#ports.controls().showVolume(sound.volume);
  }
}

function unplayableWords({ title, isStream }: Song): string {
  if (!isStream) return `“${title}” cannot be played in this browser.`;
  return "That address can't be played. It must be a sound that this browser plays, and its server must let other sites read it (CORS).";
}
