import { cosine } from "./cosine.js";
import type { OnsetStrength } from "./onsetStrength.js";
import { CHROMA_HOPS, PITCHES, type Spectrogram } from "./spectrogram.js";

/** Beats in order, with their place in the bar. */
export interface Bars {
  /** Frame numbers of the beats. */
  readonly beats: number[];
  /** Number of each beat in its bar; 0 is the downbeat. */
  readonly inBar: number[];
  readonly beatsPerBar: number;
}

const BESIDE_FRAMES = 3;
/** What it costs to move the beat by half, or the bar by a beat, in units of a typical accent. */
const SLIP_COST = 40;
/** The same for half a beat. */
const HALF_SLIP_COST = 500;
const ONE_IN_TWO = 2.5;
const PERIOD_MAX_SECONDS = 1.1;
const ONSET_WEIGHT = 0.25;
const CHORD_WEIGHT = 1.2;
const LEVELLED_BEATS = 16;
/** Bars of three are rare: they must fit this much better. */
const FOUR_BIAS = 1.15;

/** Which of the half-beats are beats, and which of the beats begin a bar. */
export function barPath(halves: readonly number[], onsets: OnsetStrength, sound: Spectrogram): Bars {
  const bass = levelled(halves.map((at) => around(onsets.bass, at)));
  const all = levelled(halves.map((at) => around(onsets.all, at)));
  const isBeat = cycle(
    bass.map((value, i) => value + ONSET_WEIGHT * (all[i] ?? 0)),
    2,
    HALF_SLIP_COST,
  ).path;
  const beats = everySecond(
    halves.filter((_, i) => isBeat[i] === 0),
    onsets,
  );
  const chords = levelled(chordChanges(beats, sound));
  const accents = levelled(beats.map((at) => around(onsets.bass, at))).map(
    (value, i) => value + CHORD_WEIGHT * (chords[i] ?? 0),
  );
  const four = cycle(accents, 4, SLIP_COST);
  const three = cycle(accents, 3, SLIP_COST);
  const bar = three.contrast > four.contrast * FOUR_BIAS ? three : four;
  return { beats, inBar: bar.path, beatsPerBar: bar.length };
}

interface Cycle {
  readonly length: number;
  /** The place of each value in its cycle. */
  readonly path: number[];
  /** How much more the first places have than the others. */
  readonly contrast: number;
}

/** The best division into cycles whose first place is accented, with slips where they pay (Viterbi). */
function cycle(accents: readonly number[], length: number, slipCost: number): Cycle {
  // The first place gains what the others together lose, so that no length is preferred.
  const gain = (place: number, accent: number): number => (place === 0 ? accent : -accent / (length - 1));
  let scores: number[] = Array.from({ length }, (_, place) => gain(place, accents[0] ?? 0));
  const from: number[][] = [];
  for (const accent of accents.slice(1)) {
    const best = scores.indexOf(Math.max(...scores));
    const came: number[] = [];
    scores = scores.map((_, place) => {
      const usual = (place + length - 1) % length;
      const slips = (scores[best] ?? 0) - slipCost > (scores[usual] ?? 0);
      came.push(slips ? best : usual);
      return Math.max((scores[best] ?? 0) - slipCost, scores[usual] ?? 0) + gain(place, accent);
    });
    from.push(came);
  }
  const path: number[] = [scores.indexOf(Math.max(...scores))];
  for (const came of from.reverse()) path.push(came[path[path.length - 1] ?? 0] ?? 0);
  path.reverse();
  const contrast =
    accents.reduce((sum, accent, i) => sum + gain(path[i] ?? 0, accent), 0) / Math.max(1, accents.length);
  return { length, path, contrast: contrast * length };
}

/** Only every second beat, where the others have hardly any onset and the tempo allows it. */
function everySecond(beats: number[], onsets: OnsetStrength): number[] {
  const sums = [0, 0];
  for (const [i, at] of beats.entries()) sums[i % 2] = (sums[i % 2] ?? 0) + around(onsets.all, at);
  const [even = 0, odd = 0] = sums;
  const seconds =
    (((beats[beats.length - 1] ?? 0) - (beats[0] ?? 0)) / Math.max(1, beats.length - 1)) * onsets.hopSeconds;
  if (seconds * 2 > PERIOD_MAX_SECONDS || Math.max(even, odd) < ONE_IN_TWO * Math.min(even, odd))
    return beats;
  return beats.filter((_, i) => i % 2 === (even > odd ? 0 : 1));
}

function around(values: Float32Array, at: number): number {
  let most = 0;
  for (let i = at - BESIDE_FRAMES; i <= at + BESIDE_FRAMES; i++) most = Math.max(most, values[i] ?? 0);
  return most;
}

/** Each value less the mean around it, in units of the typical deviation. */
function levelled(values: readonly number[]): number[] {
  const off = values.map((value, i) => {
    const near = values.slice(Math.max(0, i - LEVELLED_BEATS), i + LEVELLED_BEATS + 1);
    return value - near.reduce((sum, each) => sum + each, 0) / near.length;
  });
  const deviation = Math.sqrt(off.reduce((sum, value) => sum + value * value, 0) / Math.max(1, off.length));
  return off.map((value) => value / Math.max(1e-6, deviation));
}

/** How much the harmony after each beat differs from that before it. */
function chordChanges(beats: readonly number[], sound: Spectrogram): number[] {
  const chords = beats.map((beat, i) => chord(sound, beat, beats[i + 1] ?? sound.frames));
  return chords.map((now, i) => {
    const before = chords[i - 1];
    return before ? 1 - cosine(now, before) : 0;
  });
}

function chord(sound: Spectrogram, from: number, to: number): Float32Array {
  const sum = new Float32Array(PITCHES);
  const last = Math.max(Math.ceil(from / CHROMA_HOPS) + 1, Math.floor(to / CHROMA_HOPS));
  for (let at = Math.ceil(from / CHROMA_HOPS); at < last; at++) {
    for (let pitch = 0; pitch < PITCHES; pitch++)
      sum[pitch] = (sum[pitch] ?? 0) + (sound.chroma[at * PITCHES + pitch] ?? 0);
  }
  return sum;
}
