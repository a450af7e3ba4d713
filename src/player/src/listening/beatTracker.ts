import { type Bars, barPath } from "./barPath.js";
import { partPaths } from "./beatPath.js";
import type { Frame } from "./features.js";
import { type OnsetStrength, onsetStrength } from "./onsetStrength.js";
import { CHROMA_HOPS, PITCHES } from "./spectrum.js";
import { presence, TEMPO_STEP_SECONDS, TEMPO_WINDOW_SECONDS, TempoFollower, weighed } from "./tempoPath.js";

/** A beat that begins in this hop. */
export interface Beat {
  readonly time: number;
  /** Number of the beat in its bar; 0 is the downbeat. */
  readonly inBar: number;
}

/** Seconds of music that are read again and again. */
const MEMORY_SECONDS = 24;
/** What is heard of a moment is complete after so many hops: frames end later than their middle. */
const LATE_HOPS = 2;
const WARM_UP_SECONDS = 3;
/** How regular onsets must be to be beats, and to go on being beats. */
const REGULAR = 0.2;
const STILL_REGULAR = 0.1;
const REGULAR_STEPS = 8;
/** The regularity of music with a clear beat. */
const CLEARLY_REGULAR = 0.4;
const PERIOD_BEATS = 4;
/** Readings in a row that must contradict the followed beat before it gives way. */
const MISSES_MAX = 6;
/** The same for the beginning of the bar. */
const BAR_MISSES_MAX = 4;

/**
 * Follows the beat of music that is heard as it plays. Twice a second it reads the last {@link MEMORY_SECONDS} as a song
 * is read ahead, and goes on from the last beats of it. Claims no beat where onsets are not regular.
 */
export class BeatTracker {
  readonly #hop: number;
  readonly #stepHops: number;
  readonly #tempo: TempoFollower;
  #flux: number[] = [];
  #lowFlux: number[] = [];
  #chroma: number[] = [];
  #regularities: number[] = [];
  #hops = 0;
  #isLocked = false;
  /** In hops. */
  #period = 0;
  #next = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #inBar = 0;
  #beatsPerBar = 4;
  #misses = 0;
  #barMisses = 0;

  constructor(hopSeconds: number) {
    this.#hop = hopSeconds;
    this.#stepHops = Math.round(TEMPO_STEP_SECONDS / hopSeconds);
    this.#tempo = new TempoFollower(hopSeconds, MEMORY_SECONDS / TEMPO_STEP_SECONDS);
  }

  /** Beats a minute, 0 while unknown. */
  get tempo(): number {
    return this.#isLocked ? 60 / (this.#period * this.#hop) : 0;
  }

  /** Regularity of the last seconds of music, 0..1; 0 without a beat. */
  get regularity(): number {
    return this.#isLocked ? Math.min(1, mean(this.#regularities) / CLEARLY_REGULAR) : 0;
  }

  /** Adds one hop. Returns the beat that begins in it, or null. */
  hear({ flux, lowFlux, chroma, time }: Pick<Frame, "flux" | "lowFlux" | "chroma" | "time">): Beat | null {
    if (this.#hops % CHROMA_HOPS === 0) this.#chroma.push(...(chroma ?? new Array<number>(PITCHES).fill(0)));
    this.#flux.push(flux);
    this.#lowFlux.push(lowFlux);
    this.#hops++;
    if (this.#hops % this.#stepHops === 0 && this.#hops * this.#hop > WARM_UP_SECONDS) this.#read();
    if (this.#now + 0.5 < this.#next) return null;
    const beat = { time, inBar: this.#inBar };
    this.#last = this.#next;
    this.#next += this.#period;
    this.#inBar = (this.#inBar + 1) % this.#beatsPerBar;
    return beat;
  }

  /** The hop whose middle is now. */
  get #now(): number {
    return this.#hops - 1 + LATE_HOPS;
  }

  #read(): void {
    this.#forget();
    const onsets = onsetStrength(Float32Array.from(this.#flux), Float32Array.from(this.#lowFlux), this.#hop);
    this.#tempo.hear(weighed(onsets).slice(-Math.round(TEMPO_WINDOW_SECONDS / this.#hop)));
    const steps = Math.max(1, Math.floor((this.#flux.length * this.#hop) / TEMPO_STEP_SECONDS));
    const { periods, fits } = this.#tempo.path(steps);
    this.#measure(onsets, fits[fits.length - 1] ?? 0);
    if (!this.#isLocked) {
      this.#next = Number.POSITIVE_INFINITY;
      return;
    }
    // The first steps were before there was enough to read.
    const early = new Float32Array(steps - periods.length).fill(periods[0] ?? 0);
    const tempo = { stepSeconds: TEMPO_STEP_SECONDS, periods: Float32Array.of(...early, ...periods) };
    this.#follow(
      barPath(...partPaths(onsets, tempo), onsets, { frames: this.#flux.length, chroma: this.#chroma }),
    );
  }

  /** Drops what is older than the memory. */
  #forget(): void {
    const old = this.#flux.length - Math.round(MEMORY_SECONDS / this.#hop);
    if (old < CHROMA_HOPS) return;
    const chromas = Math.floor(old / CHROMA_HOPS);
    this.#flux = this.#flux.slice(chromas * CHROMA_HOPS);
    this.#lowFlux = this.#lowFlux.slice(chromas * CHROMA_HOPS);
    this.#chroma = this.#chroma.slice(chromas * PITCHES);
  }

  #measure(onsets: OnsetStrength, fit: number): void {
    const present = presence(onsets);
    const inMiddle = present.length - Math.round(TEMPO_WINDOW_SECONDS / 4 / this.#hop);
    this.#regularities = [...this.#regularities, fit * (present[inMiddle] ?? 0)].slice(-REGULAR_STEPS);
    const isEnough = this.#regularities.length > 1;
    this.#isLocked = isEnough && mean(this.#regularities) > (this.#isLocked ? STILL_REGULAR : REGULAR);
  }

  #follow({ beats, inBar, beatsPerBar }: Bars): void {
    const newest = beats.length - 1;
    const some = Math.min(PERIOD_BEATS, newest);
    if (some < PERIOD_BEATS) return;
    const first = this.#hops - this.#flux.length;
    const lastBeat = first + (beats[newest] ?? 0);
    const period = ((beats[newest] ?? 0) - (beats[newest - some] ?? 0)) / some;
    const goOn = (beatsAhead: number, isNew: boolean): void => {
      this.#misses = 0;
      this.#period = period;
      this.#next = lastBeat + beatsAhead * period;
      const place = ((inBar[newest] ?? 0) + beatsAhead) % beatsPerBar;
      const agrees = place === this.#inBar && beatsPerBar === this.#beatsPerBar;
      this.#barMisses = agrees ? 0 : this.#barMisses + 1;
      if (!isNew && this.#barMisses < BAR_MISSES_MAX) return;
      this.#barMisses = 0;
      this.#inBar = place;
      this.#beatsPerBar = beatsPerBar;
    };
    const isFollowing = Number.isFinite(this.#next);
    const ahead = (this.#next - lastBeat) / period;
    const agrees = Math.abs(ahead - Math.round(ahead)) < 0.25 && Math.abs(period / this.#period - 1) < 0.25;
    if (isFollowing && agrees) goOn(Math.max(1, Math.round(ahead)), false);
    else if (!isFollowing || ++this.#misses >= MISSES_MAX) {
      const earliest = Math.max(this.#last + period / 2, this.#now - 0.3 * period);
      goOn(Math.max(1, Math.ceil((earliest - lastBeat) / period)), true);
    }
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
