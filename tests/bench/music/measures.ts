const TOLERANCE_SECONDS = 0.07;
/** The usual measures leave out the first seconds. */
const FROM_SECONDS = 5;
/** A beat continues the one before it if both are within this part of their period. */
const CONTINUES = 0.175;

/** F of the beats found within {@link TOLERANCE_SECONDS}. */
export function fMeasure(found: readonly number[], truth: readonly number[]): number {
  const [these, those] = [late(found), late(truth)];
  let hits = 0;
  for (let i = 0, j = 0; i < these.length && j < those.length; ) {
    const off = (these[i] ?? 0) - (those[j] ?? 0);
    if (Math.abs(off) <= TOLERANCE_SECONDS) hits++;
    if (off <= TOLERANCE_SECONDS) i++;
    if (off >= -TOLERANCE_SECONDS) j++;
  }
  return (2 * hits) / Math.max(1, these.length + those.length);
}

/** AMLt: the share of beats that continue right, where half and double tempo and the off-beat are right too. */
export function anyLevelMeasure(found: readonly number[], truth: readonly number[]): number {
  const between = truth.slice(1).map((beat, i) => (beat + (truth[i] ?? 0)) / 2);
  const every = (which: number): number[] => truth.filter((_, i) => i % 2 === which);
  const levels = [truth, between, [...truth, ...between].sort((one, other) => one - other), every(0), every(1)];
  return Math.max(...levels.map((level) => continued(late(found), late(level))));
}

/** Median of the errors within 0.1 s, in seconds. */
export function medianError(found: readonly number[], truth: readonly number[]): number {
  const errors = found
    .map((time) => truth.reduce((best, beat) => (Math.abs(time - beat) < Math.abs(best) ? time - beat : best), 9))
    .filter((error) => Math.abs(error) < 0.1)
    .sort((one, other) => one - other);
  return errors[errors.length >> 1] ?? 0;
}

function late(times: readonly number[]): number[] {
  return times.filter((time) => time >= FROM_SECONDS);
}

function continued(found: readonly number[], truth: readonly number[]): number {
  const nearest = found.map((time) =>
    truth.reduce((best, beat, i) => (Math.abs(beat - time) < Math.abs((truth[best] ?? 0) - time) ? i : best), 0),
  );
  const isRight = (i: number): boolean => {
    const at = nearest[i] ?? 0;
    const period = (truth[at] ?? 0) - (truth[at - 1] ?? Number.NaN);
    const interval = (found[i] ?? 0) - (found[i - 1] ?? Number.NaN);
    return (
      Math.abs((found[i] ?? 0) - (truth[at] ?? 0)) < CONTINUES * period &&
      Math.abs((found[i - 1] ?? 0) - (truth[at - 1] ?? 0)) < CONTINUES * period &&
      Math.abs(1 - interval / period) < CONTINUES
    );
  };
  return found.filter((_, i) => isRight(i)).length / Math.max(1, found.length, truth.length);
}
