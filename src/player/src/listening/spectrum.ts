import FFT from "fft.js";

export const BANDS = 32;
export const PITCHES = 12;
/** Frames between two chromas. */
export const CHROMA_HOPS = 8;

const LOWEST_HZ = 40;
const HIGHEST_HZ = 12_000;
const LOW_BAND_HZ = 160;
const PITCH_LOWEST_HZ = 65;
const PITCH_HIGHEST_HZ = 2100;
const A4_HZ = 440;
const A4_PITCH = 9;

/** Amplitudes of a Hann window around a sample. */
export class Spectrum {
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

/** Log energy in {@link BANDS} bands, evenly spaced in log frequency, each at least one bin wide. */
export class Bands {
  /** How many of them are under 160 Hz: kick and bass. */
  readonly low: number;
  readonly #edges = new Int32Array(BANDS + 1);

  /** @param window Samples of a spectrum. */
  constructor(rate: number, window: number) {
    const highest = Math.min(HIGHEST_HZ, rate / 2);
    for (let i = 0; i <= BANDS; i++) {
      const bin = Math.round((LOWEST_HZ * (highest / LOWEST_HZ) ** (i / BANDS) * window) / rate);
      this.#edges[i] = i === 0 ? Math.max(1, bin) : Math.max((this.#edges[i - 1] ?? 0) + 1, bin);
    }
    this.low = Math.max(
      1,
      this.#edges.findIndex((bin) => (bin * rate) / window >= LOW_BAND_HZ),
    );
  }

  /** Writes the bands of a spectrum into `bands`, from `at` on. */
  write(amplitudes: Float32Array, bands: Float32Array, at: number): void {
    for (let band = 0; band < BANDS; band++) {
      const [from, to] = [this.#edges[band] ?? 0, this.#edges[band + 1] ?? 0];
      let sum = 0;
      for (let bin = from; bin < to; bin++) sum += amplitudes[bin] ?? 0;
      bands[at + band] = Math.log10(1 + sum / (to - from));
    }
  }

  /** How much the bands have risen: all of them, and the low ones. */
  rise(now: Float32Array, before: Float32Array): { flux: number; lowFlux: number } {
    let [flux, lowFlux] = [0, 0];
    for (let band = 0; band < BANDS; band++) {
      const risen = Math.max(0, (now[band] ?? 0) - (before[band] ?? 0));
      flux += risen;
      if (band < this.low) lowFlux += risen;
    }
    return { flux: flux / BANDS, lowFlux: lowFlux / this.low };
  }
}

/** Writes the energy by pitch class into `chroma`, from `at` on: C first, the largest 1. */
export function writeChroma(amplitudes: Float32Array, rate: number, chroma: Float32Array, at: number): void {
  const window = amplitudes.length * 2;
  const first = Math.ceil((PITCH_LOWEST_HZ * window) / rate);
  const last = Math.floor((PITCH_HIGHEST_HZ * window) / rate);
  let largest = 1e-9;
  for (let bin = first; bin <= last; bin++) {
    const amplitude = amplitudes[bin] ?? 0;
    // Peaks only: between two pitches there is no tone.
    if (amplitude < (amplitudes[bin - 1] ?? 0) || amplitude < (amplitudes[bin + 1] ?? 0)) continue;
    const pitch = 12 * Math.log2((bin * rate) / window / A4_HZ) + A4_PITCH;
    const index = at + (((Math.round(pitch) % PITCHES) + PITCHES) % PITCHES);
    chroma[index] = (chroma[index] ?? 0) + amplitude;
    largest = Math.max(largest, chroma[index] ?? 0);
  }
  for (let i = at; i < at + PITCHES; i++) chroma[i] = (chroma[i] ?? 0) / largest;
}
