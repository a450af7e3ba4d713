/** The usual measure of beat tracking: F of the beats found within 70 ms, without the first five seconds. */
export function fMeasure(found: readonly number[], truth: readonly number[]): number {
  const late = (times: readonly number[]): number[] => times.filter((time) => time >= 5);
  const left = late(truth);
  let hits = 0;
  for (const time of late(found)) {
    const at = left.findIndex((beat) => Math.abs(beat - time) <= 0.07);
    if (at < 0) continue;
    left.splice(at, 1);
    hits++;
  }
  return (2 * hits) / Math.max(1, late(found).length + late(truth).length);
}
