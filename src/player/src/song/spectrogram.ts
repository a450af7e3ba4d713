import FFT from "fft.js";
import { SONG_RATE } from "./rate.js";

/** Seconds between two frames. */
export const HOP_SECONDS: number = 256 / SONG_RATE;
export const BANDS = 32;
export const PITCHES = 12;
/** Frames between two chromas. */
export const CHROMA_HOPS = 8;

const HOP = 256;
const WINDOW = 1024;
const CHROMA_WINDOW = 4096;
const LOWEST_HZ = 40;
const HIGHEST_HZ = 10_000;
const LOW_BAND_HZ = 160;
const PITCH_LOWEST_HZ = 65;
const PITCH_HIGHEST_HZ = 2100;
const A4_HZ = 440;
const A4_PITCH = 9;
// Windows two hops apart overlap by half, so that the overlap does not hide a rise (Böck & Widmer, 2013).
const FLUX_LAG = 2;
const FRAMES_PER_REPORT = 2000;

/** What a song sounds like, frame by frame. Frame `i` is centred at `i * HOP_SECONDS`. */
export interface Spectrogram {
  readonly frames: number;
  /** Half-wave rectified rise of the log spectrum, of all bands. */
  readonly flux: Float32Array;
  /** The same of the bands under 160 Hz: kick and bass. */
  readonly lowFlux: Float32Array;
  /** Log energy, {@link BANDS} values a frame, low to high. */
  readonly bands: Float32Array;
  /** Energy by pitch class, C first, the largest 1; {@link PITCHES} values for each {@link CHROMA_HOPS} frames. */
  readonly chroma: Float32Array;
  /** Root mean square, full scale 1. */
  readonly rms: Float32Array;
}

/**
 * Reads a song's spectra.
 * @param samples One channel at {@link SONG_RATE}.
 * @param report Called with the part that is done, 0..1.
 */
export function spectrogram(samples: Float32Array, report: (done: number) => void = () => {}): Spectrogram {
  const frames = Math.max(1, Math.ceil(samples.length / HOP));
  const result = {
    frames,
    flux: new Float32Array(frames),
    lowFlux: new Float32Array(frames),
    bands: new Float32Array(frames * BANDS),
    chroma: new Float32Array(Math.ceil(frames / CHROMA_HOPS) * PITCHES),
    rms: new Float32Array(frames),
  };
  const spectrum = new Spectrum(WINDOW);
  const pitches = new Spectrum(CHROMA_WINDOW);
  const edges = bandEdges();
  const lowBands = edges.findIndex((bin) => (bin * SONG_RATE) / WINDOW >= LOW_BAND_HZ);
  for (let frame = 0; frame < frames; frame++) {
    const { amplitudes, rms } = spectrum.around(samples, frame * HOP);
    result.rms[frame] = rms;
    for (let band = 0; band < BANDS; band++) {
      result.bands[frame * BANDS + band] = level(amplitudes, edges[band] ?? 0, edges[band + 1] ?? 0);
    }
    rise(result, frame, lowBands);
    if (frame % CHROMA_HOPS === 0) {
      chromaOf(
        pitches.around(samples, frame * HOP).amplitudes,
        result.chroma,
        (frame / CHROMA_HOPS) * PITCHES,
      );
    }
    if (frame % FRAMES_PER_REPORT === 0) report(frame / frames);
  }
  return result;
}

/** Amplitudes of a Hann window around a sample. */
class Spectrum {
  readonly #size: number;
  readonly #fft: FFT;
  readonly #window: Float64Array;
  readonly #input: Float64Array;
  readonly #output: number[];
  readonly #amplitudes: Float32Array;

  constructor(size: number) {
    this.#size = size;
    this.#fft = new FFT(size);
    this.#window = Float64Array.from({ length: size }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / size) ** 2);
    this.#input = new Float64Array(size);
    this.#output = this.#fft.createComplexArray();
    this.#amplitudes = new Float32Array(size / 2);
  }

  around(samples: Float32Array, centre: number): { amplitudes: Float32Array; rms: number } {
    let squares = 0;
    for (let i = 0; i < this.#size; i++) {
      const sample = samples[centre - this.#size / 2 + i] ?? 0;
      squares += sample * sample;
      this.#input[i] = sample * (this.#window[i] ?? 0);
    }
    this.#fft.realTransform(this.#output, this.#input);
    for (let bin = 0; bin < this.#amplitudes.length; bin++) {
      this.#amplitudes[bin] = Math.hypot(this.#output[2 * bin] ?? 0, this.#output[2 * bin + 1] ?? 0);
    }
    return { amplitudes: this.#amplitudes, rms: Math.sqrt(squares / this.#size) };
  }
}

function level(amplitudes: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let bin = from; bin < to; bin++) sum += amplitudes[bin] ?? 0;
  return Math.log10(1 + sum / (to - from));
}

function rise(
  { bands, flux, lowFlux }: { bands: Float32Array; flux: Float32Array; lowFlux: Float32Array },
  frame: number,
  lowBands: number,
): void {
  if (frame < FLUX_LAG) return;
  let all = 0;
  let low = 0;
  for (let band = 0; band < BANDS; band++) {
    const now = frame * BANDS + band;
    const risen = Math.max(0, (bands[now] ?? 0) - (bands[now - FLUX_LAG * BANDS] ?? 0));
    all += risen;
    if (band < lowBands) low += risen;
  }
  flux[frame] = all / BANDS;
  lowFlux[frame] = low / lowBands;
}

function chromaOf(amplitudes: Float32Array, chroma: Float32Array, at: number): void {
  const first = Math.ceil((PITCH_LOWEST_HZ * CHROMA_WINDOW) / SONG_RATE);
  const last = Math.floor((PITCH_HIGHEST_HZ * CHROMA_WINDOW) / SONG_RATE);
  let largest = 1e-9;
  for (let bin = first; bin <= last; bin++) {
    const amplitude = amplitudes[bin] ?? 0;
    // Peaks only: between two pitches there is no tone.
    if (amplitude < (amplitudes[bin - 1] ?? 0) || amplitude < (amplitudes[bin + 1] ?? 0)) continue;
    const pitch = 12 * Math.log2((bin * SONG_RATE) / CHROMA_WINDOW / A4_HZ) + A4_PITCH;
    const index = at + (((Math.round(pitch) % PITCHES) + PITCHES) % PITCHES);
    chroma[index] = (chroma[index] ?? 0) + amplitude;
    largest = Math.max(largest, chroma[index] ?? 0);
  }
  for (let i = at; i < at + PITCHES; i++) chroma[i] = (chroma[i] ?? 0) / largest;
}

/** Bin numbers where the bands begin, evenly spaced in log frequency, each at least one bin wide. */
function bandEdges(): Int32Array {
  const edges = new Int32Array(BANDS + 1);
  for (let i = 0; i <= BANDS; i++) {
    const bin = Math.round((LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (i / BANDS) * WINDOW) / SONG_RATE);
    edges[i] = i === 0 ? bin : Math.max((edges[i - 1] ?? 0) + 1, bin);
  }
  return edges;
}
