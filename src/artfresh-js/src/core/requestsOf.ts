import type { Batch } from "./batch.js";
import type { JournalKind, Report, Transport } from "./wire.js";

/** How a batch is sent. */
export interface RequestOptions {
  transport: Transport;
  journal: JournalKind;
  /** Whether to use the single endpoint, with one request for each unanswered impression. */
  single: boolean;
}

/**
 * The requests (path, body) of a batch: one, or, for the single endpoint, one for each impression, as a batch of one with a
 * `number`. A batch that may have arrived is probed with its last impression only.
 */
export function requestsOf(
  batch: Batch,
  { transport, journal, single }: RequestOptions,
): [path: string, body: object][] {
  const { sessionId, firstNumber, impressions, answered, skipped, dropped, reason, attempts, token } = batch;
  const probe = batch.probe && !single && impressions.length > 1;
  const from = single ? answered : probe ? impressions.length - 1 : 0;
  const rest = impressions.slice(from);
  const posts = single ? rest.map((impression) => [impression]) : [rest];
  return posts.map((post, i) => {
    const before = from + i;
    const artworkIds = post.map(({ artworkId }) => artworkId);
    const genomes = post.map(({ genome }) => genome);
    const revisits = post.flatMap(({ artworkId, revisit }) => (revisit ? artworkId : []));
    const report: Report = {
      displayed: probe ? 0 : post.length,
      skipped: before ? 0 : skipped,
      transport,
      reason: reason ?? "hidden",
      attempts,
      beacons: batch.beacons,
      displayMs: post.flatMap(({ displayMs }) => displayMs ?? []),
      dropped: before ? 0 : dropped,
      journal,
    };
    const number = firstNumber + before;
    return [
      `/api/artworks/${single ? `${artworkIds}/impression` : "batch-impressions"}`,
      {
        sessionId,
        ...(single ? { number } : { batchId: batch.batchId, firstNumber: number }),
        artworkIds,
        // JSON drops undefined members.
        genomes: genomes.some(Boolean) ? genomes : undefined,
        revisits: revisits.length ? revisits : undefined,
        displayedAtMs: post.map(({ displayedAtMs }) => displayedAtMs),
        report,
        token,
      },
    ];
  });
}
