import type { Mood } from "artfresh";
import { type Beat, BeatTracker } from "./beatTracker.js";
import { FeatureExtractor, type Frame } from "./features.js";
import { MoodListener } from "./mood.js";
import { NoveltyDetector } from "./novelty.js";
import { type Onset, OnsetDetector } from "./onset.js";
import { PulseFollower } from "./pulse.js";
import type { Pulse } from "./rest.js";

/** The analysis of one hop of music. */
export interface Moment {
  /** Seconds. */
  readonly time: number;
  readonly onset: Onset | null;
  readonly beat: Beat | null;
  /** Regularity of the beat, 0..1. */
  readonly regularity: number;
  /** Novelty of the section, 0..1. */
  readonly novelty: number;
  readonly isSilent: boolean;
}

const SILENCE_RMS = 0.002;
const SILENCE_SECONDS = 2.5;

/** Analyses one piece of music frame by frame: onsets, beats, sections, mood and pulse. */
export class Ear {
  readonly #features: FeatureExtractor;
  readonly #onsets: OnsetDetector;
  readonly #beats: BeatTracker;
  readonly #novelty: NoveltyDetector;
  readonly #mood: MoodListener;
  readonly #pulse: PulseFollower;
  #quietSince: number | null = null;

  constructor(sampleRate: number) {
    this.#features = new FeatureExtractor(sampleRate);
    const hop = this.#features.hopSeconds;
    this.#onsets = new OnsetDetector(hop);
    this.#beats = new BeatTracker(hop);
    this.#novelty = new NoveltyDetector(hop);
    this.#mood = new MoodListener(hop);
    this.#pulse = new PulseFollower(hop);
  }

  get mood(): Mood {
    return this.#mood.mood;
  }

  get pulse(): Pulse {
    return this.#pulse.pulse;
  }

  /** Beats a minute, 0 while unknown. */
  get tempo(): number {
    return this.#beats.tempo;
  }

  /** Analyses one frame of samples. `time` is that of the last sample, in seconds. */
  hear(samples: Float32Array, time: number): Moment {
    const frame = this.#features.extract(samples, time);
    const onset = this.#onsets.hear(frame.flux, time);
    const beat = this.#beats.hear(frame);
    const novelty = this.#novelty.hear(frame);
    this.#mood.hear(frame, onset);
    this.#pulse.hear(frame, onset);
    return {
      time,
      onset,
      beat,
      regularity: this.#beats.regularity,
      novelty,
      isSilent: this.#isSilent(frame),
    };
  }

  #isSilent(frame: Frame): boolean {
    if (frame.rms >= SILENCE_RMS) this.#quietSince = null;
    else this.#quietSince ??= frame.time;
    return this.#quietSince !== null && frame.time - this.#quietSince >= SILENCE_SECONDS;
  }
}
