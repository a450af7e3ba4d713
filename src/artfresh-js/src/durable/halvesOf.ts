import type { Batch } from "../core/batch.js";

/** Splits a batch that was too large, and so was not recorded, into two with new ids. */
export function halvesOf(batch: Batch, newId: () => string): [Batch, Batch] {
  const { impressions, firstNumber, skipped, dropped } = batch;
  const middle = impressions.length >> 1;
  const part = (from: number, to?: number): Batch => ({
    ...batch,
    state: "sealed",
    batchId: newId(),
    firstNumber: firstNumber + from,
    impressions: impressions.slice(from, to),
    skipped: from ? 0 : skipped,
    dropped: from ? 0 : dropped,
    attempts: from ? 0 : batch.attempts,
    beacons: from ? undefined : batch.beacons,
    answered: 0,
  });
  return [part(0, middle), part(middle)];
}
