import type { Batch } from "./journal.js";
import type { Report, Transport } from "./wire.js";

/**
 * The requests (path, body) that bring a batch to the server: one, or, for the single endpoint, one for each impression not
 * answered for yet, as a batch of one that has a `number`.
 * @param token Stands in for the cookie.
 */
export function requestsOf(
  batch: Batch,
  single: boolean,
  transport: Transport,
  token?: string,
): [path: string, body: object][] {
  const { sessionId, firstNumber, impressions, answered, skipped, reason, attempts } = batch;
  const posts = single ? impressions.slice(answered).map((impression) => [impression]) : [impressions];
  return posts.map((post, i) => {
    const before = single ? answered + i : 0;
    const artworkIds = post.map(({ artworkId }) => artworkId);
    const report: Report = {
      displayed: post.length,
      skipped: before ? 0 : skipped,
      transport,
      reason,
      attempts,
      displayMs: post.flatMap(({ displayMs }) => displayMs ?? []),
    };
    return [
      `/api/artworks/${single ? `${artworkIds}/impression` : "batch-impressions"}`,
      {
        sessionId,
        ...(single ? { number: firstNumber + before } : { batchId: batch.batchId, firstNumber }),
        artworkIds,
        displayedAtMs: post.map(({ displayedAtMs }) => displayedAtMs),
        report,
        token,
      },
    ];
  });
}
