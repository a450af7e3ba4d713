import { FRAME_SAMPLES, HOP } from "./hopReader.js";
import { BANDS, Bands, CHROMA_HOPS, PITCHES, Spectrum, writeChroma } from "./spectrum.js";

/** Features of one hop of sound. */
export interface Frame {
  /** Seconds, of the frame's end. */
  readonly time: number;
  /** Root mean square of the newest 2048 samples, full scale 1. */
  readonly rms: number;
  /** Spectral centroid, Hz; 0 in silence. */
  readonly centroid: number;
  /** Half-wave rectified rise of the log spectrum, summed over all bands: the onset function. */
  readonly flux: number;
  /** The same for the bands under 160 Hz: kick and bass, which mark the bar. */
  readonly lowFlux: number;
  /** Log energy per band, {@link BANDS} values, low to high. */
  readonly bands: Float32Array;
  /** Energy per pitch class, C first, the largest 1. Computed in every eighth hop, null in the others. */
  readonly chroma: readonly number[] | null;
}

const SPECTRUM_SAMPLES = 2048;
// Windows two hops apart overlap by half, so that the overlap does not hide a rise (Böck & Widmer, 2013).
const FLUX_LAG_HOPS = 2;
const SILENCE_RMS = 1e-4;

/** Turns samples into {@link Frame}s; the onset function is log-compressed spectral flux. */
export class FeatureExtractor {
  readonly hopSeconds: number;
  readonly #sampleRate: number;
  readonly #spectrum = new Spectrum(SPECTRUM_SAMPLES);
  readonly #pitches = new Spectrum(FRAME_SAMPLES);
  readonly #bands: Bands;
  readonly #past: Float32Array[] = [];
  #hops = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.hopSeconds = HOP / sampleRate;
    this.#bands = new Bands(sampleRate, SPECTRUM_SAMPLES);
  }

  /** `samples` holds the newest {@link FRAME_SAMPLES} samples, `time` the second of the last one. */
  extract(samples: Float32Array, time: number): Frame {
    const chroma = this.#hops++ % CHROMA_HOPS === 0 ? this.#chroma(samples) : null;
    const { amplitudes, rms } = this.#spectrum.around(samples, FRAME_SAMPLES - SPECTRUM_SAMPLES / 2);
    const bands = new Float32Array(BANDS);
    this.#bands.write(amplitudes, bands, 0);
    const isAudible = rms > SILENCE_RMS;
    return {
      time,
      rms,
      centroid: isAudible ? (centroidBin(amplitudes) * this.#sampleRate) / SPECTRUM_SAMPLES : 0,
      ...this.#rise(bands),
      bands,
      chroma: isAudible ? chroma : null,
    };
  }

  #chroma(samples: Float32Array): number[] {
    const chroma = new Float32Array(PITCHES);
    const { amplitudes } = this.#pitches.around(samples, FRAME_SAMPLES / 2);
    writeChroma(amplitudes, this.#sampleRate, chroma, 0);
    return [...chroma];
  }

  #rise(bands: Float32Array): { flux: number; lowFlux: number } {
    this.#past.push(bands);
    const before = this.#past.length > FLUX_LAG_HOPS ? this.#past.shift() : undefined;
    return before ? this.#bands.rise(bands, before) : { flux: 0, lowFlux: 0 };
  }
}

/** The mean bin, weighed by amplitude. */
function centroidBin(amplitudes: Float32Array): number {
  let [sum, weighed] = [0, 0];
  for (let bin = 0; bin < amplitudes.length; bin++) {
    sum += amplitudes[bin] ?? 0;
    weighed += bin * (amplitudes[bin] ?? 0);
  }
  return sum > 0 ? weighed / sum : 0;
}
