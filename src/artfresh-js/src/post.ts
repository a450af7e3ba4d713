import type { Answer, Call } from "./call.js";
import type { Batch } from "./journal.js";
import { type BatchAnswer, batchPath, type Report, singlePath, type Transport } from "./wire.js";

/** A batch as the batch endpoint takes it. */
export function batchBody(batch: Batch, transport: Transport, token?: string): object {
  const { sessionId, batchId, firstNumber, artworkIds, displayedAtMs, displayMs, skipped, reason, attempts } =
    batch;
  const report: Report = { displayed: artworkIds.length, skipped, transport, reason, attempts };
  if (displayMs.length) report.displayMs = [...displayMs];
  return { sessionId, batchId, firstNumber, artworkIds, displayedAtMs, report, token };
}

/** Impression number `i` of a batch as the single endpoint takes it. */
export const singleBody = (batch: Batch, i: number, token?: string): object => ({
  sessionId: batch.sessionId,
  number: batch.firstNumber + i,
  token,
});

/** The counts of a 2xx answer; undefined for every other answer, and for a 2xx that something in between made up. */
export function countsOf({ status, body }: Answer): BatchAnswer | undefined {
  const counts = body as Partial<BatchAnswer> | undefined;
  if (status < 200 || status > 299 || typeof counts?.recorded !== "number") return undefined;
  return { duplicates: 0, repeats: 0, unknown: [], highWater: 0, ...counts, recorded: counts.recorded };
}

/**
 * Sends a batch to the single endpoint, one impression after the other, from where the last try broke off. The answer is that
 * of the first failure, or, when all went through, one with the sum of the counts.
 */
export async function postSingles(call: Call, batch: Batch): Promise<Answer> {
  const sum: BatchAnswer = { recorded: 0, duplicates: 0, repeats: 0, unknown: [], highWater: 0 };
  for (; batch.answered < batch.artworkIds.length; batch.answered++) {
    const artworkId = batch.artworkIds[batch.answered] as number;
    const answer = await call(singlePath(artworkId), { post: singleBody(batch, batch.answered) });
    const counts = countsOf(answer);
    if (!counts) return answer;
    sum.recorded += counts.recorded;
    sum.duplicates += counts.duplicates;
    sum.repeats += counts.repeats;
    sum.unknown.push(...counts.unknown);
    sum.highWater = counts.highWater;
  }
  return { status: 200, body: sum };
}

export const postBatch = (call: Call, batch: Batch): Promise<Answer> =>
  call(batchPath, { post: batchBody(batch, "fetch") });
