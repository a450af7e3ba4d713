/** Sounds made for the tests, all mono at 44.1 kHz. */
export const SAMPLE_RATE = 44_100;

/** A chord of plain tones, each with three harmonics. `amplitude` of each tone, full scale 1. */
export function chord(hertz: readonly number[], seconds: number, amplitude: number): Float32Array {
  const samples = new Float32Array(Math.round(seconds * SAMPLE_RATE));
  for (const tone of hertz) {
    for (let harmonic = 1; harmonic <= 3; harmonic++) {
      const step = (2 * Math.PI * tone * harmonic) / SAMPLE_RATE;
      for (let i = 0; i < samples.length; i++) {
        samples[i] = (samples[i] ?? 0) + (amplitude / harmonic ** 2) * Math.sin(step * i);
      }
    }
  }
  return samples;
}

/** Adds a drum: a burst that falls off in `fallSeconds`, low (a kick) or noisy (a snare). */
export function strike(
  samples: Float32Array,
  atSeconds: number,
  kind: "kick" | "snare",
  amplitude: number,
): void {
  const from = Math.round(atSeconds * SAMPLE_RATE);
  const random = linearCongruential(from);
  const fall = (kind === "kick" ? 0.09 : 0.05) * SAMPLE_RATE;
  for (let i = 0; i < fall * 4 && from + i < samples.length; i++) {
    const wave = kind === "kick" ? Math.sin((2 * Math.PI * 60 * i) / SAMPLE_RATE) : random() * 2 - 1;
    samples[from + i] = (samples[from + i] ?? 0) + amplitude * Math.exp(-i / fall) * wave;
  }
}

/** Kick on every beat, loudest on the first of four, and a snare between. */
export function drums(
  samples: Float32Array,
  beatsPerMinute: number,
  fromSeconds: number,
  amplitude: number,
): void {
  const period = 60 / beatsPerMinute;
  const end = samples.length / SAMPLE_RATE;
  for (let beat = 0; fromSeconds + beat * period < end; beat++) {
    const at = fromSeconds + beat * period;
    strike(samples, at, "kick", beat % 4 === 0 ? amplitude : amplitude * 0.6);
    strike(samples, at + period / 2, "snare", amplitude * 0.15);
  }
}

export function linearCongruential(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
