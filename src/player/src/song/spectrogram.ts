import { BANDS, Bands, CHROMA_HOPS, PITCHES, Spectrum, writeChroma } from "../listening/spectrum.js";
import { SONG_RATE } from "./rate.js";

/** Seconds between two frames. */
export const HOP_SECONDS: number = 256 / SONG_RATE;

const HOP = 256;
const WINDOW = 1024;
const CHROMA_WINDOW = 4096;
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
  const bands = new Bands(SONG_RATE, WINDOW);
  for (let frame = 0; frame < frames; frame++) {
    const { amplitudes, rms } = spectrum.around(samples, frame * HOP);
    result.rms[frame] = rms;
    bands.write(amplitudes, result.bands, frame * BANDS);
    if (frame >= FLUX_LAG) {
      const at = (number: number): Float32Array =>
        result.bands.subarray(number * BANDS, (number + 1) * BANDS);
      const { flux, lowFlux } = bands.rise(at(frame), at(frame - FLUX_LAG));
      result.flux[frame] = flux;
      result.lowFlux[frame] = lowFlux;
    }
    if (frame % CHROMA_HOPS === 0) {
      const tones = pitches.around(samples, frame * HOP).amplitudes;
      writeChroma(tones, SONG_RATE, result.chroma, (frame / CHROMA_HOPS) * PITCHES);
    }
    if (frame % FRAMES_PER_REPORT === 0) report(frame / frames);
  }
  return result;
}
