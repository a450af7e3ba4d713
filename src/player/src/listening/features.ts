import Meyda from "meyda";
import { FRAME_SAMPLES, HOP } from "./hopReader";

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

export const BANDS = 32;

const SPECTRUM_SAMPLES = 2048;
const LOWEST_HZ = 40;
const HIGHEST_HZ = 12_000;
const LOW_BAND_HZ = 160;
const CHROMA_EVERY_HOPS = 8;
// Windows two hops apart overlap by half, so that the overlap does not hide a rise (Böck & Widmer, 2013).
const FLUX_LAG_HOPS = 2;
const SILENCE_RMS = 1e-4;

/** Turns samples into {@link Frame}s; the spectra are Meyda's, the onset function is log-compressed spectral flux. */
export class FeatureExtractor {
  readonly hopSeconds: number;
  readonly #sampleRate: number;
  readonly #edges: Int32Array;
  readonly #lowBands: number;
  readonly #past: Float32Array[] = [];
  #hops = 0;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.hopSeconds = HOP / sampleRate;
    this.#edges = bandEdges(sampleRate);
    this.#lowBands = Math.max(
      1,
      this.#edges.findIndex((bin) => (bin * sampleRate) / SPECTRUM_SAMPLES >= LOW_BAND_HZ),
    );
    prepareMeyda(sampleRate);
  }

  /** `samples` holds the newest {@link FRAME_SAMPLES} samples, `time` the second of the last one. */
  extract(samples: Float32Array, time: number): Frame {
    Meyda.sampleRate = this.#sampleRate;
    const chroma = this.#hops++ % CHROMA_EVERY_HOPS === 0 ? pitchClasses(samples) : null;
    Meyda.bufferSize = SPECTRUM_SAMPLES;
    const heard = Meyda.extract(
      ["rms", "amplitudeSpectrum", "spectralCentroid"],
      samples.subarray(FRAME_SAMPLES - SPECTRUM_SAMPLES),
    );
    const rms = heard?.rms ?? 0;
    const bands = this.#bandLevels(heard?.amplitudeSpectrum ?? new Float32Array(SPECTRUM_SAMPLES / 2));
    const { flux, lowFlux } = this.#flux(bands);
    const centroidBin = heard?.spectralCentroid ?? 0;
    const audible = rms > SILENCE_RMS && Number.isFinite(centroidBin);
    return {
      time,
      rms,
      centroid: audible ? (centroidBin * this.#sampleRate) / SPECTRUM_SAMPLES : 0,
      flux,
      lowFlux,
      bands,
      chroma: audible ? chroma : null,
    };
  }

  #bandLevels(spectrum: Float32Array): Float32Array {
    const bands = new Float32Array(BANDS);
    for (let band = 0; band < BANDS; band++) {
      const from = this.#edges[band] ?? 0;
      const to = this.#edges[band + 1] ?? from;
      let sum = 0;
      for (let bin = from; bin < to; bin++) sum += spectrum[bin] ?? 0;
      bands[band] = Math.log10(1 + sum / (to - from));
    }
    return bands;
  }

  #flux(bands: Float32Array): { flux: number; lowFlux: number } {
    const before = this.#past.length === FLUX_LAG_HOPS ? this.#past.shift() : undefined;
    this.#past.push(bands);
    let flux = 0;
    let lowFlux = 0;
    if (before) {
      for (let band = 0; band < BANDS; band++) {
        const rise = Math.max(0, (bands[band] ?? 0) - (before[band] ?? 0));
        flux += rise;
        if (band < this.#lowBands) lowFlux += rise;
      }
    }
    return { flux: flux / BANDS, lowFlux: lowFlux / this.#lowBands };
  }
}

/** Bin numbers where the bands begin, evenly spaced in log frequency, each at least one bin wide. */
function bandEdges(sampleRate: number): Int32Array {
  const edges = new Int32Array(BANDS + 1);
  const highest = Math.min(HIGHEST_HZ, sampleRate / 2);
  for (let i = 0; i <= BANDS; i++) {
    const hz = LOWEST_HZ * (highest / LOWEST_HZ) ** (i / BANDS);
    const bin = Math.round((hz * SPECTRUM_SAMPLES) / sampleRate);
    edges[i] = i === 0 ? Math.max(1, bin) : Math.max((edges[i - 1] ?? 0) + 1, bin);
  }
  return edges;
}

/** Sets Meyda's sizes, and deletes its chroma filters, which it builds only once and not again for other sizes. */
function prepareMeyda(sampleRate: number): void {
  const cache = Meyda as unknown as { chromaFilterBank?: unknown };
  delete cache.chromaFilterBank;
  Meyda.sampleRate = sampleRate;
  Meyda.windowingFunction = "hanning";
  pitchClasses(new Float32Array(FRAME_SAMPLES));
}

function pitchClasses(samples: Float32Array): readonly number[] | null {
  Meyda.bufferSize = FRAME_SAMPLES;
  return Meyda.extract(["chroma"], samples)?.chroma ?? null;
}
