import type { Reason } from "./wire.js";

/** An artwork was on screen. */
export interface Impression {
  /** Negative for art that the page made: the server assigns an id when the impression arrives. */
  artworkId: number;
  /** Only for art that the page made. */
  genome?: string | null | undefined;
  /** Milliseconds since the Unix epoch. */
  displayedAtMs: number;
  /** Milliseconds from the request for the artwork to its display. */
  displayMs?: number | undefined;
  /** Whether the artwork was shown again on purpose. */
  revisit?: boolean | undefined;
}

/** Counts for a batch's report, since the previous report. */
export interface ReportCounts {
  /** Flickers skipped. */
  skipped: number;
  /** Impressions dropped that no gap in the numbers shows. */
  dropped: number;
}

/**
 * State of a batch:
 * - `gathering`: accepts more impressions
 * - `sealed`: complete, and waiting to be sent
 * - `flying`: in a request whose answer this page awaits
 * - `entrusted`: handed to the browser when the page was hidden; ends with an answer, or when the page is visible again
 * - `refused`: stays in the journal until the next visit
 * - `answered`: covered by an answer, or replaced by other batches; not in the outbox
 */
export type BatchState = "gathering" | "sealed" | "flying" | "entrusted" | "refused" | "answered";

/** Impressions of one session that are sent together. A sealed batch keeps its impressions, numbers and id over all retries. */
export interface Batch extends ReportCounts {
  /** State in this page. Only the outbox changes it. A batch that is adopted from the journal starts as `sealed`. */
  readonly state: BatchState;
  sessionId?: string | undefined;
  listenerId?: string | undefined;
  /** Replaces the sign-in: a killed browser may lose its newest cookies, and the next visit may be another listener's. */
  token?: string | undefined;
  readonly batchId: string;
  /** Number of the first impression in its session; the others follow by one. */
  readonly firstNumber: number;
  readonly impressions: Impression[];
  /** Why it was sealed; undefined while it gathers. */
  reason?: Reason | undefined;
  /** Number of tries to send it. */
  attempts: number;
  /** Number of those tries that outlive the page; 0 if its page ended without one; undefined while its page has not been hidden. */
  beacons?: number | undefined;
  /** Number of its impressions, from the first, that the single endpoint has answered. */
  answered: number;
  /** Whether it may have arrived without an answer. Its last impression is then sent first, and the answer shows whether the others must be sent. */
  probe?: boolean | undefined;
}

/** Number of impressions in the batches. */
export const countOf = (batches: Batch[]): number =>
  batches.reduce((sum, batch) => sum + batch.impressions.length, 0);
