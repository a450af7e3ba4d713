import type { Mood } from "artfresh";
import { type Bars, barPath } from "../listening/barPath.js";
import { partPaths } from "../listening/beatPath.js";
import { onsetStrength } from "../listening/onsetStrength.js";
import { type TempoPath, tempoPath } from "../listening/tempoPath.js";
import { SONG_RATE } from "./rate.js";
import { sectionMoods } from "./sectionMoods.js";
import { sectionStarts } from "./sections.js";
import { HOP_SECONDS, spectrogram } from "./spectrogram.js";

/** What is known of a song before it is played. Times are seconds from its start. */
export interface SongScore {
  readonly seconds: number;
  /** Beats, where the music has any. */
  readonly beats: readonly number[];
  /** Number of each beat in its bar; 0 is the downbeat. */
  readonly inBar: readonly number[];
  /** 3 or 4. */
  readonly beatsPerBar: number;
  /** Beginnings of sections, each at the beginning of a bar. */
  readonly sections: readonly number[];
  /** Of each section. */
  readonly moods: readonly Mood[];
}

/** How regular onsets must be to be beats. */
const REGULAR = 0.2;
/** The same within a song that is regular elsewhere. */
const STILL_REGULAR = 0.1;
const REGULAR_SHARE_MIN = 0.25;
/** A break shorter than this keeps its beats. */
const BREAK_SECONDS = 10;
const LEVEL_RMS = 0.1;
const SILENCE_RMS = 1e-4;
const SPECTRA_SHARE = 0.85;

/**
 * Reads a whole song.
 * @param samples One channel at {@link SONG_RATE}.
 * @param report Called with the part that is done, 0..1.
 */
export function readSong(samples: Float32Array, report: (done: number) => void = () => {}): SongScore {
  const sound = spectrogram(atOneLevel(samples), (done) => report(done * SPECTRA_SHARE));
  const onsets = onsetStrength(sound.flux, sound.lowFlux, HOP_SECONDS);
  const tempo = tempoPath(onsets);
  const bars = audible(barPath(...partPaths(onsets, tempo), onsets, sound), tempo);
  const downbeats = bars.beats.filter((_, i) => bars.inBar[i] === 0);
  const starts = sectionStarts(downbeats, sound).map((bar) => downbeats[bar] ?? 0);
  report(1);
  return {
    seconds: samples.length / SONG_RATE,
    beats: bars.beats.map((frame) => frame * HOP_SECONDS),
    inBar: bars.inBar,
    beatsPerBar: bars.beatsPerBar,
    sections: starts.map((frame) => frame * HOP_SECONDS),
    moods: sectionMoods(starts, sound),
  };
}

/** The song at one level, so that a quiet recording is read as a loud one. Silence stays. */
function atOneLevel(samples: Float32Array): Float32Array {
  const level = Math.sqrt(
    samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length),
  );
  const gain = level > SILENCE_RMS ? LEVEL_RMS / level : 1;
  return samples.map((sample) => sample * gain);
}

/** Drops beats where the music has none: all, if it is hardly ever regular, and those in long breaks. */
function audible(bars: Bars, { regularity, stepSeconds }: TempoPath): Bars {
  const regular = regularity.filter((value) => value > REGULAR).length;
  if (regular < REGULAR_SHARE_MIN * regularity.length) return { ...bars, beats: [], inBar: [] };
  const reach = Math.round(BREAK_SECONDS / 2 / stepSeconds);
  const isHeard = (frame: number): boolean => {
    const step = Math.round((frame * HOP_SECONDS) / stepSeconds);
    return regularity
      .slice(Math.max(0, step - reach), step + reach + 1)
      .some((value) => value > STILL_REGULAR);
  };
  const heard = bars.beats.map(isHeard);
  return {
    beats: bars.beats.filter((_, i) => heard[i]),
    inBar: bars.inBar.filter((_, i) => heard[i]),
    beatsPerBar: bars.beatsPerBar,
  };
}
