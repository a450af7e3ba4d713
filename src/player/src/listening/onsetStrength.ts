/** How strongly something begins in each frame, in units of the music's own usual variation. */
export interface OnsetStrength {
  /** Seconds between two frames. */
  readonly hopSeconds: number;
  /** Of all bands, 0 where nothing begins. */
  readonly all: Float32Array;
  /** Of the bass alone. */
  readonly bass: Float32Array;
}

const LOCAL_SECONDS = 0.8;
const USUAL_SECONDS = 6;
/** The least usual variation, as a part of that of the whole song: quiet passages are raised no further. */
/** The least rise that counts as a beginning, in units of the flux. */
const RISE_MIN = 0.02;
const USUAL_MIN = 0.35;

/** Levels the onset functions `flux` and `lowFlux` of consecutive frames, so that a quiet passage counts as much as a loud one. */
export function onsetStrength(flux: Float32Array, lowFlux: Float32Array, hopSeconds: number): OnsetStrength {
  return { hopSeconds, all: levelled(flux, hopSeconds), bass: levelled(lowFlux, hopSeconds) };
}

function levelled(values: Float32Array, hopSeconds: number): Float32Array {
  const around = movingMean(values, Math.round(LOCAL_SECONDS / hopSeconds));
  const risen = values.map((value, i) => Math.max(0, value - (around[i] ?? 0)));
  const squares = movingMean(
    risen.map((value) => value * value),
    Math.round(USUAL_SECONDS / hopSeconds),
  );
  const least = Math.max(
    RISE_MIN,
    USUAL_MIN * Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / Math.max(1, squares.length)),
  );
  return risen.map((value, i) => value / Math.max(least, Math.sqrt(squares[i] ?? 0), 1e-6));
}

/** The mean of the values within `reach` of each, in linear time. */
export function movingMean(values: Float32Array, reach: number): Float32Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = (sums[i] ?? 0) + (values[i] ?? 0);
  return values.map((_, i) => {
    const from = Math.max(0, i - reach);
    const to = Math.min(values.length, i + reach + 1);
    return ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from);
  });
}
