import type { PartPath } from "./beatPath.js";
import { cosine } from "./cosine.js";
import type { OnsetStrength } from "./onsetStrength.js";
import { CHROMA_HOPS, PITCHES } from "./spectrum.js";

/** Beats in order, with their place in the bar. */
export interface Bars {
  /** Frame numbers of the beats. */
  readonly beats: number[];
  /** Number of each beat in its bar; 0 is the downbeat. */
  readonly inBar: number[];
  readonly beatsPerBar: number;
}

/** The part of a spectrogram that has the chords. */
interface Harmony {
  readonly frames: number;
  readonly chroma: ArrayLike<number>;
}

const BESIDE_FRAMES = 3;
/** What it costs to move the bar by a beat, in units of a typical accent. */
const SLIP_COST = 40;
/** The same by a part of a beat. */
const PART_SLIP_COST = 500;
const ONE_IN_TWO = 2.5;
const PERIOD_MAX_SECONDS = 1.1;
const LEVELLED_BEATS = 16;
/** Chords that vary less do not change. */
const CHORDS_VARY_MIN = 0.06;
const CHORD_WEIGHT = 1.2;
/** A third of a beat is empty with less than this part of the onsets of the last third. */
const EMPTY = 0.4;
/** How much better thirds must fit than halves. */
const SWUNG_RATIO = 1.15;
const QUARTERS_RATIO = 1.4;
/** Bars of three are rare: they must fit this much better. */
const FOUR_BIAS = 1.15;

/** A bar as its parts: how much each of them is accented, by what. */
interface Metre {
  readonly partsPerBeat: number;
  readonly beats: number;
  readonly bass: readonly number[];
  readonly all: readonly number[];
  readonly chords: readonly number[];
}

/** Accents of the parts of a beat. */
interface Parts {
  readonly bass: readonly number[];
  readonly all: readonly number[];
}

/** Between the beats there may be loud hats, but hardly any bass. */
const HALVES: Parts = { bass: [1, 0], all: [0.25, 0] };
/** A swung beat is long and short: its middle third is empty. */
const SWUNG: Parts = { bass: [1, 0, 0.3], all: [1, 0, 0.7] };
const QUARTERS: Parts = { bass: [1, 0, 0.3, 0], all: [0.25, 0, 0.15, 0] };

/** A bar begins with the bass and a new chord; in the middle of one of four beats there is half as much of both. */
function metre({ bass, all }: Parts, beats: number): Metre {
  const accent = (beat: number): number => (beat === 0 ? 1 : beats === 4 && beat === 2 ? 0.4 : 0);
  const inBar = (of: (part: number, beat: number) => number): number[] =>
    Array.from({ length: beats * bass.length }, (_, i) => of(i % bass.length, Math.floor(i / bass.length)));
  return {
    partsPerBeat: bass.length,
    beats,
    bass: centred(inBar((part, beat) => (bass[part] ?? 0) + (part === 0 ? accent(beat) : 0))),
    all: centred(inBar((part) => all[part] ?? 0)),
    chords: centred(inBar((part, beat) => (part === 0 ? CHORD_WEIGHT * accent(beat) : 0))),
  };
}

/**
 * Which parts of beats are beats, and which of the beats begin a bar.
 * @param halves The best path of half-beats.
 * @param thirds The best path of thirds of beats: swung music has them, and music whose tempo was taken for a third too
 * fast has four of them in a beat.
 */
export function barPath(halves: PartPath, thirds: PartPath, onsets: OnsetStrength, sound: Harmony): Bars {
  const ratio = thirds.gain / Math.max(1e-6, halves.gain);
  if (ratio > SWUNG_RATIO) {
    const swung = bars(thirds.parts, SWUNG, onsets, sound);
    if (isMiddleEmpty(swung.path, thirds.parts, onsets)) return swung;
    if (ratio > QUARTERS_RATIO) return bars(thirds.parts, QUARTERS, onsets, sound);
  }
  const straight = bars(halves.parts, HALVES, onsets, sound);
  return isTwiceTooFast(straight.beats, onsets) ? bars(straight.beats, HALVES, onsets, sound) : straight;
}

function bars(
  parts: readonly number[],
  beat: Parts,
  onsets: OnsetStrength,
  sound: Harmony,
): Bars & { readonly path: readonly number[] } {
  const partsPerBeat = beat.bass.length;
  const accents: Accents = {
    bass: levelled(parts.map((at) => around(onsets.bass, at))),
    all: levelled(parts.map((at) => around(onsets.all, at))),
    chords: levelled(chordChanges(parts, partsPerBeat, sound), CHORDS_VARY_MIN),
  };
  const [four, three] = [fit(accents, metre(beat, 4)), fit(accents, metre(beat, 3))];
  const best = three.gain > four.gain * FOUR_BIAS ? three : four;
  const isBeat = best.path.map((part) => part % partsPerBeat === 0);
  return {
    beats: parts.filter((_, i) => isBeat[i]),
    inBar: best.path.filter((_, i) => isBeat[i]).map((part) => part / partsPerBeat),
    beatsPerBar: best.metre.beats,
    path: best.path,
  };
}

function isMiddleEmpty(path: readonly number[], parts: readonly number[], { all }: OnsetStrength): boolean {
  const sums = [0, 0, 0];
  for (const [i, place] of path.entries())
    sums[place % 3] = (sums[place % 3] ?? 0) + around(all, parts[i] ?? 0);
  return (sums[1] ?? 0) < EMPTY * (sums[2] ?? 0);
}

type Accents = { readonly [kind in "bass" | "all" | "chords"]: readonly number[] };

interface Fit {
  readonly metre: Metre;
  /** The place of each part in its bar. */
  readonly path: number[];
  readonly gain: number;
}

/** The best division into bars, with slips where they pay (Viterbi). */
function fit(accents: Accents, metre: Metre): Fit {
  const { bass, all, chords } = metre;
  const length = bass.length;
  const gain = (place: number, i: number): number =>
    (bass[place] ?? 0) * (accents.bass[i] ?? 0) +
    (all[place] ?? 0) * (accents.all[i] ?? 0) +
    (chords[place] ?? 0) * (accents.chords[i] ?? 0);
  let scores = Array.from({ length }, (_, place) => gain(place, 0));
  const from: number[][] = [];
  for (let i = 1; i < accents.all.length; i++) {
    const best = Array.from({ length: metre.partsPerBeat }, (_, part) =>
      bestOf(scores, part, metre.partsPerBeat),
    );
    const anyBest = bestOf(scores, 0, 1);
    const came: number[] = [];
    scores = scores.map((_, place) => {
      const usual = (place + length - 1) % length;
      let [source, score] = [usual, scores[usual] ?? 0];
      for (const [other, cost] of [
        [best[usual % metre.partsPerBeat] ?? 0, SLIP_COST],
        [anyBest, PART_SLIP_COST],
      ] as const) {
        if ((scores[other] ?? 0) - cost > score) [source, score] = [other, (scores[other] ?? 0) - cost];
      }
      came.push(source);
      return score + gain(place, i);
    });
    from.push(came);
  }
  const path: number[] = [bestOf(scores, 0, 1)];
  const total = scores[path[0] ?? 0] ?? 0;
  for (const came of from.reverse()) path.push(came[path[path.length - 1] ?? 0] ?? 0);
  path.reverse();
  return { metre, path, gain: total };
}

/** Weights that together are 0, so that no metre is preferred. */
function centred(weights: readonly number[]): number[] {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight - mean);
}

function bestOf(scores: readonly number[], from: number, step: number): number {
  let best = from;
  for (let i = from; i < scores.length; i += step) if ((scores[i] ?? 0) > (scores[best] ?? 0)) best = i;
  return best;
}

/** Whether every second beat has hardly any onset, and the tempo allows it not to be one. */
function isTwiceTooFast(beats: readonly number[], onsets: OnsetStrength): boolean {
  const sums = [0, 0];
  for (const [i, at] of beats.entries())
    sums[i % 2] = (sums[i % 2] ?? 0) + around(onsets.all, at) + around(onsets.bass, at);
  const [even = 0, odd = 0] = sums;
  const frames = ((beats[beats.length - 1] ?? 0) - (beats[0] ?? 0)) / Math.max(1, beats.length - 1);
  const isSlow = frames * 2 * onsets.hopSeconds <= PERIOD_MAX_SECONDS;
  return isSlow && Math.max(even, odd) >= ONE_IN_TWO * Math.min(even, odd);
}

function around(values: Float32Array, at: number): number {
  let most = 0;
  for (let i = at - BESIDE_FRAMES; i <= at + BESIDE_FRAMES; i++) most = Math.max(most, values[i] ?? 0);
  return most;
}

/** Each value less the mean around it, in units of the typical deviation, which is taken to be at least `least`. */
function levelled(values: readonly number[], least = 1e-6): number[] {
  const off = values.map((value, i) => {
    const near = values.slice(Math.max(0, i - LEVELLED_BEATS), i + LEVELLED_BEATS + 1);
    return value - near.reduce((sum, each) => sum + each, 0) / near.length;
  });
  const deviation = Math.sqrt(off.reduce((sum, value) => sum + value * value, 0) / Math.max(1, off.length));
  return off.map((value) => value / Math.max(least, deviation));
}

/** How much the harmony of the beat after each part differs from that of the beat before it. */
function chordChanges(parts: readonly number[], partsPerBeat: number, sound: Harmony): number[] {
  return parts.map((part, i) => {
    const [before, after] = [parts[i - partsPerBeat], parts[i + partsPerBeat] ?? sound.frames];
    return before === undefined ? 0 : 1 - cosine(chord(sound, part, after), chord(sound, before, part));
  });
}

function chord(sound: Harmony, from: number, to: number): Float32Array {
  const sum = new Float32Array(PITCHES);
  const last = Math.max(Math.ceil(from / CHROMA_HOPS) + 1, Math.floor(to / CHROMA_HOPS));
  for (let at = Math.ceil(from / CHROMA_HOPS); at < last; at++) {
    for (let pitch = 0; pitch < PITCHES; pitch++)
      sum[pitch] = (sum[pitch] ?? 0) + (sound.chroma[at * PITCHES + pitch] ?? 0);
  }
  return sum;
}
