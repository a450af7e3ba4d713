/**
 * The fit of each pitch class in a key, from the tonic up: the probe-tone ratings of C. Krumhansl and E. Kessler,
 * "Tracing the dynamic changes in perceived tonal organization" (1982).
 */
const MAJOR: readonly number[] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
const MINOR: readonly number[] = [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];

/**
 * How major the harmony sounds: the best correlation with a major key minus the best with a minor key.
 * @param chroma Energy per pitch class, 12 values, C first.
 * @returns About -0.3 (clearly minor) to 0.3 (clearly major); 0 for noise and silence.
 */
export function majorness(chroma: readonly number[]): number {
  return bestKey(chroma, MAJOR) - bestKey(chroma, MINOR);
}

function bestKey(chroma: readonly number[], profile: readonly number[]): number {
  let best = -1;
  for (let tonic = 0; tonic < 12; tonic++) best = Math.max(best, correlation(chroma, profile, tonic));
  return best;
}

function correlation(chroma: readonly number[], profile: readonly number[], tonic: number): number {
  const chromaMean = chroma.reduce((sum, value) => sum + value, 0) / 12;
  const profileMean = profile.reduce((sum, value) => sum + value, 0) / 12;
  let both = 0;
  let chromaSquares = 0;
  let profileSquares = 0;
  for (let pitch = 0; pitch < 12; pitch++) {
    const a = (chroma[pitch] ?? 0) - chromaMean;
    const b = (profile[(pitch - tonic + 12) % 12] ?? 0) - profileMean;
    both += a * b;
    chromaSquares += a * a;
    profileSquares += b * b;
  }
  return chromaSquares > 1e-9 ? both / Math.sqrt(chromaSquares * profileSquares) : 0;
}
