import type { Ear, Moment } from "./listening/ear.js";
import { HopReader } from "./listening/hopReader.js";
import type { SongReader } from "./song/songReader.js";
import type { SongScore } from "./song/songScore.js";
import type { Song } from "./songs.js";

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
  /** Called when another song begins; with null when the sound ends or comes from the microphone. */
  onSong(song: Song | null): void;
  /** Called when playing or paused, position or volume changes. */
  onChange(): void;
  /** Called when this browser cannot play a song. */
  onUnplayable(song: Song): void;
}

const POLL_MS = 25;
const LOUDNESS_CURVE = 2;

/** Plays songs or listens to the microphone, and analyses either with an {@link Ear}. Create it within a gesture of the listener. */
export class Sound {
  readonly #ports: SoundPorts;
  readonly #context = new AudioContext({ latencyHint: "playback" });
  readonly #analyser: AnalyserNode = this.#context.createAnalyser();
  readonly #gain: GainNode = this.#context.createGain();
  readonly #element = new Audio();
  readonly #fromElement: MediaElementAudioSourceNode;
  #microphone: MediaStreamAudioSourceNode | null = null;
  #reader: HopReader;
  /** Null until its code has loaded. */
  #ear: Ear | null = null;
  #newEar: (() => Ear) | null = null;
  #songs: readonly Song[] = [];
  #index = 0;
  #failures = 0;
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
    });
    this.#element.addEventListener("ended", () => this.#goOn());
    this.#element.addEventListener("error", () => this.#skipUnplayable());
    setInterval(() => this.#listen(), POLL_MS);
  }

  get isListening(): boolean {
    return this.#microphone !== null;
  }

  /** Whether a song is chosen, playing or paused. */
  get hasSong(): boolean {
    return this.#songs.length > 0;
  }

  get isPlaying(): boolean {
    return this.isListening || (this.hasSong && !this.#element.paused);
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

  /** Plays the songs in a loop, starting at `index`. */
  play(songs: readonly Song[], index: number): void {
    this.#closeMicrophone();
    this.#songs = songs;
    this.#failures = 0;
    void this.#context.resume();
    this.#start(index);
  }

  /** Listens to the room. Rejects with a DOMException if the listener or the browser does not allow it. */
  async listen(): Promise<void> {
    if (!navigator.mediaDevices) throw new DOMException("No microphone without https", "NotSupportedError");
    const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: raw });
    this.#stopSongs();
    this.#closeMicrophone();
    void this.#context.resume();
    this.#microphone = this.#context.createMediaStreamSource(stream);
    // Not connected to the loudspeaker, because that would feed back.
    this.#fromElement.disconnect();
    this.#analyser.disconnect();
    this.#microphone.connect(this.#analyser);
    this.#forget();
    this.#ports.onSong(null);
  }

  pause(): void {
    this.#element.pause();
  }

  resume(): void {
    void this.#context.resume();
    if (this.hasSong) void this.#element.play().catch(() => this.#ports.onChange());
  }

  /** `position` in seconds. */
  seek(position: number): void {
    if (this.duration > 0) this.#element.currentTime = Math.min(this.duration, Math.max(0, position));
  }

  stop(): void {
    this.#stopSongs();
    this.#closeMicrophone();
    void this.#context.suspend();
    this.#ports.onSong(null);
  }

  #start(index: number): void {
    this.#index = index;
    const song = this.#songs[index];
    if (!song) return;
    this.#element.src = song.url;
    this.#forget();
    this.#ports.onSong(song);
    void this.#element.play().catch(() => this.#ports.onChange());
    void this.#readAhead(this.#songs, index);
  }

  /** Reads the song, and then the next one, which is known when it begins. */
  async #readAhead(songs: readonly Song[], index: number): Promise<void> {
    this.#ports.onScore(null);
    const song = songs[index];
    if (!song) return;
    const isCurrent = (): boolean => this.#songs === songs && this.#index === index;
    const reader = await this.#loadReader();
    const reading = reader?.read(song, (done) => {
      if (isCurrent()) this.#ports.onReading(done);
    });
    const score = (await reading) ?? null;
    if (!isCurrent()) return;
    this.#ports.onScore(score);
    const next = songs[(index + 1) % songs.length];
    if (next && next !== song) void reader?.read(next);
  }

  /** Loaded with the first song: nothing on the page needs it before. Null without a connection; the next song tries again. */
  #loadReader(): Promise<SongReader | null> {
    this.#songReader ??= import("./song/songReader.js").then(
      ({ SongReader }) => new SongReader(() => this.#ports.mayKeepScores()),
      () => {
        this.#songReader = null;
        return null;
      },
    );
    return this.#songReader;
  }

  #goOn(): void {
    if (this.hasSong) this.#start((this.#index + 1) % this.#songs.length);
  }

  #skipUnplayable(): void {
    const song = this.#songs[this.#index];
    if (!song) return;
    this.#ports.onUnplayable(song);
    if (++this.#failures < this.#songs.length) this.#goOn();
    else this.stop();
  }

  #stopSongs(): void {
    this.#songs = [];
    this.#ports.onScore(null);
    this.#element.pause();
    this.#element.removeAttribute("src");
  }

  #closeMicrophone(): void {
    if (!this.#microphone) return;
    for (const track of this.#microphone.mediaStream.getTracks()) track.stop();
    this.#microphone.disconnect();
    this.#microphone = null;
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
    const loaded = await import("./listening/ear.js").catch(() => null);
    if (!loaded) return;
    this.#newEar = () => new loaded.Ear(this.#context.sampleRate);
    this.#ear ??= this.#newEar();
  }

  #listen(): void {
    if (!this.isPlaying) return;
    if (!this.isListening) this.#ports.onPosition(this.#heard);
    const ear = this.#ear;
    if (ear) this.#reader.read((samples, time) => this.#ports.onMoment(ear.hear(samples, time), ear));
  }
}
