import { SONG_RATE } from "../src/song/rate.js";
import { linearCongruential } from "./signals.js";

export interface MadeSong {
  readonly samples: Float32Array;
  /** Seconds. */
  readonly beats: readonly number[];
  /** Seconds. */
  readonly downbeats: readonly number[];
}

type Strokes = (beat: number) => {
  readonly on?: readonly Drum[];
  /** Half a beat later. */
  readonly off?: readonly Drum[];
  /** Two thirds of a beat later. */
  readonly swung?: readonly Drum[];
};
type Drum = readonly [kind: "kick" | "snare" | "hat", amplitude: number];

/** Rock: kick and snare in turn, with hats between. */
export const rock: Strokes = (beat) => ({
  on: [["hat", 0.3], beat % 2 === 0 ? ["kick", beat % 4 === 0 ? 0.8 : 0.6] : ["snare", 0.6]],
  off: [["hat", 0.2]],
});
/** House: a kick on each beat, and louder in the high bands the hat between. */
export const house: Strokes = (beat) => ({
  on:
    beat % 2 === 0
      ? [["kick", 0.8]]
      : [
          ["kick", 0.8],
          ["snare", 0.25],
        ],
  off: [["hat", 0.7]],
});
/** A shuffle, whose short notes are louder than the beats. */
export const shuffle: Strokes = (beat) => ({
  on: [["hat", 0.3], beat % 2 === 0 ? ["kick", beat % 4 === 0 ? 0.8 : 0.6] : ["snare", 0.4]],
  swung: [
    ["hat", 0.4],
    ["kick", 0.6],
    ["snare", 0.2],
  ],
});
export const waltz: Strokes = (beat) => ({
  on: [beat % 3 === 0 ? ["kick", 0.8] : ["snare", 0.3]],
  off: [["hat", 0.15]],
});

const CHORDS = [
  [220, 261.6, 329.6],
  [174.6, 220, 261.6],
  [261.6, 329.6, 392],
  [196, 246.9, 293.7],
] as const;

/**
 * A song with a chord for each bar.
 * @param tempo Beats a minute at a time in seconds.
 */
export function song(
  seconds: number,
  tempo: (at: number) => number,
  beatsPerBar: number,
  strokes: Strokes,
): MadeSong {
  const samples = new Float32Array(seconds * SONG_RATE);
  const beats: number[] = [];
  for (let at = 0.5; at < seconds - 1; at += 60 / tempo(at)) beats.push(at);
  for (const [i, at] of beats.entries()) {
    const { on = [], off = [], swung = [] } = strokes(i);
    for (const [kind, amplitude] of on) add(samples, at, drum(kind, i), amplitude);
    for (const [kind, amplitude] of off) add(samples, at + 30 / tempo(at), drum(kind, i), amplitude);
    for (const [kind, amplitude] of swung) add(samples, at + 40 / tempo(at), drum(kind, i), amplitude);
  }
  const downbeats = beats.filter((_, i) => i % beatsPerBar === 0);
  for (const [i, at] of downbeats.entries()) {
    const chord = CHORDS[i % CHORDS.length] ?? CHORDS[0];
    const length = (downbeats[i + 1] ?? seconds) - at;
    add(samples, at, tones(length, chord), 0.05);
    add(samples, at, tones(length, [chord[0] / 4]), 0.1);
  }
  return { samples, beats, downbeats };
}

/** Plain tones with an octave each. */
export function tones(seconds: number, hertz: readonly number[]): Float32Array {
  return Float32Array.from({ length: Math.floor(seconds * SONG_RATE) }, (_, i) =>
    hertz.reduce((sum, tone) => {
      const turn = (2 * Math.PI * tone * i) / SONG_RATE;
      return sum + Math.min(1, i / 200) * (Math.sin(turn) + 0.4 * Math.sin(2 * turn));
    }, 0),
  );
}

/** Noise with equal energy in each octave (P. Kellet's filter). */
export function pinkNoise(seconds: number): Float32Array {
  const random = linearCongruential(3);
  const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55] as const;
  const gains = [0.0555, 0.0751, 0.1539, 0.3105, 0.533] as const;
  const states = poles.map(() => 0);
  return Float32Array.from({ length: seconds * SONG_RATE }, () => {
    const white = random() * 2 - 1;
    let sum = 0.5 * white;
    for (const [i, pole] of poles.entries())
      sum += states[i] = pole * (states[i] ?? 0) + white * (gains[i] ?? 0);
    return 0.2 * sum;
  });
}

/** Like speech: voiced syllables of irregular lengths, with pauses. */
export function syllables(seconds: number): Float32Array {
  const random = linearCongruential(8);
  const samples = new Float32Array(seconds * SONG_RATE);
  for (let at = 0.3; at < seconds - 1; ) {
    const length = 0.08 + 0.2 * random();
    const pitch = 95 + 55 * random();
    const formant = 300 + 1500 * random();
    const harmonics = Array.from({ length: 20 }, (_, i) => pitch * (i + 1));
    const syllable = Float32Array.from({ length: Math.floor(length * SONG_RATE) }, (_, i) => {
      const envelope = Math.sin((Math.PI * i) / (length * SONG_RATE)) ** 0.6;
      return harmonics.reduce(
        (sum, hertz) =>
          sum +
          envelope *
            Math.exp(-(((hertz - formant) / 500) ** 2)) *
            Math.sin((2 * Math.PI * hertz * i) / SONG_RATE),
        0,
      );
    });
    add(samples, at, syllable, 0.2);
    at += length + (random() < 0.22 ? 0.25 + 0.55 * random() : 0.06 * random());
  }
  return samples;
}

function drum(kind: Drum[0], seed: number): Float32Array {
  const random = linearCongruential(seed + 1);
  const fall = { kick: 0.07, snare: 0.04, hat: 0.015 }[kind];
  let last = 0;
  return Float32Array.from({ length: Math.floor(4 * fall * SONG_RATE) }, (_, i) => {
    const noise = random() * 2 - 1;
    const rise = noise - last;
    last = noise;
    const turn = (hertz: number): number => (2 * Math.PI * hertz * i) / SONG_RATE;
    const wave = { kick: Math.sin(turn(55)), snare: 0.8 * noise + 0.4 * Math.sin(turn(190)), hat: rise }[
      kind
    ];
    return wave * Math.exp(-i / SONG_RATE / fall);
  });
}

function add(samples: Float32Array, at: number, part: Float32Array, amplitude: number): void {
  const from = Math.round(at * SONG_RATE);
  for (const [i, value] of part.entries()) {
    if (from + i < samples.length) samples[from + i] = (samples[from + i] ?? 0) + amplitude * value;
  }
}
