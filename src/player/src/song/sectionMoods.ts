import type { Mood } from "artfresh";
import { majorness } from "../listening/key.js";
import { CHROMA_HOPS, PITCHES } from "../listening/spectrum.js";
import type { Spectrogram } from "./spectrogram.js";

/** The mean rise of the spectrum, of a song brought to one level: a lament and a battle. */
const CALM_FLUX = 0.016;
const WILD_FLUX = 0.06;
const MAJOR_WEIGHT = 1.3;

/**
 * The mood of each section, the same at any level. Energy is how much begins in it, over all of the spectrum; valence how
 * major it is, as much by the whole song's key as by its own.
 * @param starts Frame numbers.
 */
export function sectionMoods(starts: readonly number[], sound: Spectrogram): Mood[] {
  const whole = majorness(chromaOf(sound, 0, sound.frames));
  return starts.map((from, i) => {
    const to = starts[i + 1] ?? sound.frames;
    const flux =
      sound.flux.subarray(from, to).reduce((sum, value) => sum + value, 0) / Math.max(1, to - from);
    const major = (whole + majorness(chromaOf(sound, from, to))) / 2;
    return {
      valence: clamp(0.5 + MAJOR_WEIGHT * major),
      energy: clamp((flux - CALM_FLUX) / (WILD_FLUX - CALM_FLUX)),
    };
  });
}

function chromaOf({ chroma }: Spectrogram, from: number, to: number): number[] {
  const sums = new Array<number>(PITCHES).fill(0);
  const end = Math.ceil(to / CHROMA_HOPS) * PITCHES;
  for (let i = Math.ceil(from / CHROMA_HOPS) * PITCHES; i < end; i++)
    sums[i % PITCHES] = (sums[i % PITCHES] ?? 0) + (chroma[i] ?? 0);
  return sums;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
