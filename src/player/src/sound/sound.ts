import type { Ear, Moment } from "../listening/ear.js";
import { HopReader } from "../listening/hopReader.js";
import type { SongReader } from "../song/songReader.js";
import type { SongScore } from "../song/songScore.js";
import type { Song } from "../songs.js";
import { isReached, nextTry } from "./line.js";
import { LiveInput, type LiveKind } from "./liveInput.js";
import { Queue, type Repeat } from "./queue.js";

export interface SoundPorts {
  /** Called for each hop of music (about 86 a second), in order. */
  onMoment(moment: Moment, ear: Ear): void;
  /** Called with what is known of the song ahead; with null until then, and where it can't be read. */
  onScore(score: SongScore | null): void;
  /** Called while a song is read ahead, with the part that is done, 0..1. */
  onReading(done: number): void;
  /** Called about 40 times a second while a song plays, with the second of it that is heard. */
  onPosition(seconds: number): void;
  /** Whether this browser may remember what a song is like. */
  mayKeepScores(): boolean;
  /** Called when another song begins; with null when the sound ends or is live. */
  onSong(song: Song | null): void;
  /** Called when the sound pauses or goes on, whoever made it: a headset, a call, the system, the back/forward cache. */
  onPause(isPaused: boolean): void;
  /** Called when playing or paused, position or volume changes. */
  onChange(): void;
  /** Called when this browser cannot play a song. */
  onUnplayable(song: Song): void;
  /** Called when the connection to a song is lost. It goes on when that is back. */
  onLineLost(song: Song): void;
  /** Called when live sound has ended by itself. */
  onInputLost(kind: LiveKind): void;
}

const POLL_MS = 25;
const LOUDNESS_CURVE = 2;
/** After so long the way back leads to the song's beginning. */
const RESTART_SECONDS = 4;

/** Plays songs or listens to live sound, and analyses either with an {@link Ear}. Create it within a gesture of the listener. */
export class Sound {
  readonly #ports: SoundPorts;
  readonly #context = new AudioContext({ latencyHint: "playback" });
  readonly #analyser: AnalyserNode = this.#context.createAnalyser();
  readonly #gain: GainNode = this.#context.createGain();
  readonly #element = new Audio();
  readonly #fromElement: MediaElementAudioSourceNode;
  #live: LiveInput | null = null;
  #fromLive: MediaStreamAudioSourceNode | null = null;
  #reader: HopReader;
  /** Null until its code has loaded. */
  #ear: Ear | null = null;
  #newEar: (() => Ear) | null = null;
  readonly #queue = new Queue();
  #failures = 0;
  /** What has been heard: it can be played here. */
  readonly #played = new WeakSet<Song>();
  /** While live sound is paused. */
  #isLivePaused = false;
  #volume = 1;
  #songReader: Promise<SongReader | null> | null = null;

  constructor(ports: SoundPorts) {
    this.#ports = ports;
    this.#element.preload = "auto";
    // The volume comes after the analysis, so that the art moves as much when the music is turned down.
    this.#fromElement = this.#context.createMediaElementSource(this.#element);
    this.#fromElement.connect(this.#analyser).connect(this.#gain).connect(this.#context.destination);
    this.#reader = new HopReader(this.#analyser);
    for (const name of ["play", "pause", "timeupdate", "durationchange", "volumechange"]) {
      this.#element.addEventListener(name, () => ports.onChange());
    }
    this.#element.addEventListener("playing", () => {
      this.#failures = 0;
      if (this.#queue.current) this.#played.add(this.#queue.current);
    });
    this.#element.addEventListener("play", () => this.#reportPause(false));
    this.#element.addEventListener("pause", () => this.#reportPause(true));
    this.#element.addEventListener("ended", () => this.#goOn());
    this.#element.addEventListener("error", () => void this.#recover());
    // A call or another app interrupts the context; some browsers then want a gesture.
    this.#context.addEventListener("statechange", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    for (const type of ["pageshow", "pointerdown", "keydown"]) addEventListener(type, this.#wake);
    setInterval(() => this.#listen(), POLL_MS);
  }

  /** The kind of live sound, playing or paused; null for songs and silence. */
  get liveKind(): LiveKind | null {
    return this.#live?.kind ?? null;
  }

  /** Whether a song is chosen, playing or paused. */
  get hasSong(): boolean {
    return this.#queue.current !== null;
  }

  get isPlaying(): boolean {
    return this.#live ? !this.#isLivePaused : this.hasSong && !this.#element.paused;
  }

  /** Seconds. */
  get position(): number {
    return this.#element.currentTime;
  }

  /** The second of the song that is heard: what was played is heard after the output's latency. */
  get #heard(): number {
    return this.#element.currentTime - (this.#context.outputLatency || 0);
  }

  /** Seconds, 0 while unknown. */
  get duration(): number {
    return Number.isFinite(this.#element.duration) ? this.#element.duration : 0;
  }

  /** Position of the slider, 0..1. The gain is its square, which sounds linear. */
  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#gain.gain.setTargetAtTime(this.#volume ** LOUDNESS_CURVE, this.#context.currentTime, 0.02);
    this.#ports.onChange();
  }

  get queue(): Readonly<Pick<Queue, "songs" | "current" | "isShuffled" | "repeat">> {
    return this.#queue;
  }

  /** Plays the songs, starting at `index`. */
  play(songs: readonly Song[], index: number): void {
    this.#closeLive();
    this.#failures = 0;
    this.#queue.set(songs, songs[index] ?? null);
    void this.#context.resume();
    this.#start();
  }

  /** Plays a song of the queue. */
  playQueued(song: Song): void {
    this.#queue.goTo(song);
    this.#failures = 0;
    this.#start();
  }

  /** Puts songs at the end of the queue. */
  add(songs: readonly Song[]): void {
    this.#queue.add(songs);
  }

  /** The next song, or the previous one; the previous one of a song that has played for a while is itself. */
  skip(by: 1 | -1): void {
    if (!this.hasSong) return;
    if (by < 0 && this.position > RESTART_SECONDS) {
      this.seek(0);
      return;
    }
    this.#queue.step(by);
    this.#start();
  }

  set isShuffled(isShuffled: boolean) {
    this.#queue.isShuffled = isShuffled;
  }

  set repeat(repeat: Repeat) {
    this.#queue.repeat = repeat;
  }

  /** Listens to live sound. Rejects with a DOMException if the listener or the browser does not allow it. */
  async listen(kind: LiveKind, deviceId?: string): Promise<void> {
    const live = await LiveInput.open(kind, () => this.#loseLive(live), deviceId);
    this.#stopSongs();
    this.#closeLive();
    this.#hearLive(live);
    this.#ports.onSong(null);
  }

  pause(): void {
    this.#element.pause();
    if (!this.#live) return;
    this.#isLivePaused = true;
    this.#live.pause(true);
  }

  resume(): void {
    void this.#context.resume();
    if (this.hasSong) void this.#element.play().catch(() => this.#reportPause(this.#element.paused));
    else if (this.#live && this.#isLivePaused) void this.#resumeLive(this.#live);
  }

  /** `position` in seconds. */
  seek(position: number): void {
    if (this.duration > 0) this.#element.currentTime = Math.min(this.duration, Math.max(0, position));
  }

  stop(): void {
    this.#stopSongs();
    this.#closeLive();
    void this.#context.suspend();
    this.#ports.onSong(null);
  }

  /** @param from Seconds. */
  #start(from = 0): void {
    const song = this.#queue.current;
    if (!song) return;
    // Without it the sound of another site is silent for the page.
    this.#element.crossOrigin = "anonymous";
    this.#element.src = song.url;
    if (from > 0 && !song.isStream) this.#element.currentTime = from;
    this.#forget();
    this.#ports.onSong(song);
    void this.#element.play().catch(() => this.#ports.onChange());
    void this.#readAhead(song);
  }

  /** Reads the song, and then the next one, which is known when it begins. */
  async #readAhead(song: Song): Promise<void> {
    this.#ports.onScore(null);
    if (song.isStream) return;
    const isCurrent = (): boolean => this.#queue.current === song;
    const reader = await this.#loadReader();
    const reading = reader?.read(song, (done) => {
      if (isCurrent()) this.#ports.onReading(done);
    });
    const score = (await reading) ?? null;
    if (!isCurrent()) return;
    this.#ports.onScore(score);
    const next = this.#queue.following;
    if (next && next !== song && !next.isStream) void reader?.read(next);
  }

  /** Loaded with the first song: nothing on the page needs it before. Null without a connection; the next song tries again. */
  #loadReader(): Promise<SongReader | null> {
    this.#songReader ??= import("../song/songReader.js").then(
      ({ SongReader }) => new SongReader(() => this.#ports.mayKeepScores()),
      () => {
        this.#songReader = null;
        return null;
      },
    );
    return this.#songReader;
  }

  #goOn(): void {
    const next = this.#queue.following;
    if (next) {
      this.#queue.goTo(next);
      this.#start();
    } else this.#ports.onPause(true);
  }

  #reportPause(isPaused: boolean): void {
    // The end of a song is no pause.
    if (this.hasSong && !this.#element.ended) this.#ports.onPause(isPaused);
  }

  readonly #wake = (): void => {
    if (this.isPlaying && this.#context.state !== "running") void this.#context.resume().catch(() => {});
  };

  /** Goes on with the song when its line is back, or with the next one if this browser cannot play it. */
  async #recover(): Promise<void> {
    const song = this.#queue.current;
    if (!song) return;
    const position = this.#element.currentTime;
    const isCurrent = (): boolean => this.#queue.current === song && this.#element.error !== null;
    // Another site may not let the page ask.
    const isThere = async (): Promise<boolean> => (song.isStream ? !this.#played.has(song) : isReached(song));
    if (await isThere()) return isCurrent() ? this.#skipUnplayable(song) : undefined;
    if (isCurrent()) this.#ports.onLineLost(song);
    do {
      await nextTry();
      if (!isCurrent()) return;
    } while (!song.isStream && !(await isReached(song)));
    if (isCurrent()) this.#start(position);
  }

  #skipUnplayable(song: Song): void {
    this.#ports.onUnplayable(song);
    if (++this.#failures >= this.#queue.songs.length) {
      this.stop();
      return;
    }
    this.#queue.step(1);
    this.#start();
  }

  #stopSongs(): void {
    this.#queue.set([], null);
    this.#ports.onScore(null);
    this.#element.pause();
    this.#element.removeAttribute("src");
  }

  #hearLive(live: LiveInput): void {
    this.#live = live;
    this.#isLivePaused = false;
    void this.#context.resume();
    this.#fromLive = this.#context.createMediaStreamSource(live.stream);
    // Not connected to the loudspeaker, because that would feed back.
    this.#fromElement.disconnect();
    this.#analyser.disconnect();
    this.#fromLive.connect(this.#analyser);
    this.#forget();
  }

  async #resumeLive(paused: LiveInput): Promise<void> {
    this.#isLivePaused = false;
    paused.pause(false);
    if (paused.isOpen) return;
    try {
      const { deviceId } = paused.stream.getAudioTracks()[0]?.getSettings() ?? {};
      const live = await LiveInput.open(paused.kind, () => this.#loseLive(live), deviceId);
      // It may have been paused again, or something else chosen.
      if (this.#live !== paused || this.#isLivePaused) return live.close();
      this.#fromLive?.disconnect();
      this.#hearLive(live);
    } catch {
      this.#loseLive(paused);
    }
  }

  #loseLive(live: LiveInput): void {
    if (this.#live !== live) return;
    this.stop();
    this.#ports.onInputLost(live.kind);
  }

  #closeLive(): void {
    if (!this.#live) return;
    this.#live.close();
    this.#live = null;
    this.#fromLive?.disconnect();
    this.#fromLive = null;
    this.#fromElement.connect(this.#analyser).connect(this.#gain);
  }

  /** Starts the analysis of a new piece of music, to which the averages of the last one do not apply. */
  #forget(): void {
    this.#reader = new HopReader(this.#analyser);
    this.#ear = this.#newEar?.() ?? null;
    if (!this.#newEar) void this.#loadEar();
  }

  /** Loaded with the first sound: nothing on the page needs it before. Without a connection the next song tries again. */
  async #loadEar(): Promise<void> {
    const loaded = await import("../listening/ear.js").catch(() => null);
    if (!loaded) return;
    this.#newEar = () => new loaded.Ear(this.#context.sampleRate);
    this.#ear ??= this.#newEar();
  }

  #listen(): void {
    if (!this.isPlaying) return;
    if (!this.#live) this.#ports.onPosition(this.#heard);
    const ear = this.#ear;
    if (ear) this.#reader.read((samples, time) => this.#ports.onMoment(ear.hear(samples, time), ear));
  }
}
