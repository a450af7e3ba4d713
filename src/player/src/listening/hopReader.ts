/** Samples between two analysed frames: 11.6 ms at 44.1 kHz, fine enough to place an onset on its beat. */
export const HOP = 512;

/** Samples of a frame, the newest last. */
export const FRAME_SAMPLES = 4096;

/** The largest window of an AnalyserNode: 0.74 s at 44.1 kHz. */
const WINDOW_SAMPLES = 32768;

/**
 * Cuts the sound of an AnalyserNode into frames at regular hops, even if it is polled irregularly. There are gaps only if polls are
 * more than half a second apart, as in a background tab.
 */
export class HopReader {
  readonly #analyser: AnalyserNode;
  readonly #window = new Float32Array(WINDOW_SAMPLES);
  #readUntil: number;

  constructor(analyser: AnalyserNode) {
    analyser.fftSize = WINDOW_SAMPLES;
    this.#analyser = analyser;
    this.#readUntil = this.#samplesNow();
  }

  /** Calls `take` with each new frame of {@link FRAME_SAMPLES} samples, the oldest frame first, and the time of its end in seconds. */
  read(take: (samples: Float32Array, time: number) => void): void {
    const now = this.#samplesNow();
    const oldest = now - (WINDOW_SAMPLES - FRAME_SAMPLES);
    if (this.#readUntil < oldest) this.#readUntil = oldest;
    if (now - this.#readUntil < HOP) return;

    this.#analyser.getFloatTimeDomainData(this.#window);
    while (now - this.#readUntil >= HOP) {
      this.#readUntil += HOP;
      const end = WINDOW_SAMPLES - (now - this.#readUntil);
      take(
        this.#window.subarray(end - FRAME_SAMPLES, end),
        this.#readUntil / this.#analyser.context.sampleRate,
      );
    }
  }

  #samplesNow(): number {
    return Math.round(this.#analyser.context.currentTime * this.#analyser.context.sampleRate);
  }
}
