import type { Reason } from "./wire.js";

/** An artwork was on screen. */
export interface Impression {
  /** Negative for art that the page made itself: the server assigns its id when it arrives. */
  artworkId: number;
  /** Only of art that the page made itself. */
  genome?: string | null | undefined;
  /** Milliseconds since the Unix epoch. */
  displayedAtMs: number;
  /** Milliseconds from asking for it to its being on screen. */
  displayMs?: number | undefined;
}

/** What a batch reports beside its impressions, about the time since the batch before it. */
export interface Told {
  /** Flickers skipped. */
  skipped: number;
  /** Impressions given up that no gap in the numbers shows. */
  dropped: number;
}

/**
 * Where a batch is on its way:
 * - `gathering`: takes more impressions
 * - `sealed`: complete, waits to be sent
 * - `flying`: in a request whose answer this page waits for
 * - `entrusted`: handed to the browser while the page hid; an answer, or the page's return, ends it
 * - `refused`: rests in the journal until the next visit
 * - `answered`: covered by an answer, or replaced; no longer in the outbox
 */
export type BatchState = "gathering" | "sealed" | "flying" | "entrusted" | "refused" | "answered";

/** Impressions of one session that travel together. Once sealed, impressions, numbers and id stay the same over every retry. */
export interface Batch extends Told {
  /** Of the page that holds the batch. A page that takes it over from the journal starts at `sealed`. */
  state: BatchState;
  sessionId?: string | undefined;
  listenerId?: string | undefined;
  /** Stands in for the sign-in: a killed browser may lose its newest cookies, and the next visit be another listener's. */
  token?: string | undefined;
  readonly batchId: string;
  /** Number of the first impression in its session; the others follow by one. */
  readonly firstNumber: number;
  readonly impressions: Impression[];
  /** Why it was sealed; undefined while it gathers. */
  reason?: Reason | undefined;
  /** Times that it was sent. */
  attempts: number;
  /** Of those, in ways that outlive the page; 0 where its page ended without; undefined while its page has not hidden. */
  beacons?: number | undefined;
  /** How many of its first impressions the single endpoint has answered for. */
  answered: number;
  /** It may have arrived without an answer: its last impression goes first, and the answer says whether the others must. */
  probe?: boolean | undefined;
}

/** Impressions in some batches. */
export const countOf = (batches: Batch[]): number =>
  batches.reduce((sum, batch) => sum + batch.impressions.length, 0);
