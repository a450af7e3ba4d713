import type { Reason } from "./wire.js";

/** An artwork was on screen. */
export interface Impression {
  artworkId: number;
  /** Milliseconds since the Unix epoch. */
  displayedAtMs: number;
  /** Milliseconds from asking for it to its being on screen. */
  displayMs?: number | undefined;
}

/** Impressions of one session that travel together. Ids, numbers and batch id stay as they are over every retry. */
export interface Batch {
  readonly sessionId: string;
  readonly batchId: string;
  /** Number of the first impression in its session; the others follow by one. */
  readonly firstNumber: number;
  readonly artworkIds: readonly number[];
  readonly displayedAtMs: readonly number[];
  readonly displayMs: readonly number[];
  /** Flickers skipped since the batch before this one. */
  readonly skipped: number;
  reason: Reason;
  /** Times that it was sent. */
  attempts: number;
  /** How many of its first ids the single endpoint has answered for. */
  answered: number;
}

/**
 * Where impressions rest until an answer covers them. What it holds outlives the page where it can; nothing leaves it but by
 * `acknowledge`, or by its bounds, and then `dropped` is told.
 */
export interface Journal {
  /**
   * What is appended belongs to this session from now on, and `unsent` to this listener. Impressions not yet sealed come along,
   * numbered anew, unless they are another listener's. Without arguments: to the session that will begin next.
   */
  begin(session?: { sessionId: string; listenerId: string }): void;
  /** Numbers the impression, from 1 in each session, and writes it down. */
  append(impression: Impression): void;
  /** Impressions that are in no batch yet. */
  readonly open: number;
  /** Impressions that no answer has covered. */
  readonly size: number;
  /** Those of `size` that belong to another listener than the present one, and so are not sent. */
  readonly foreign: number;
  /** Makes a batch of the oldest `limit` impressions that are in none, and writes it down; undefined when there are none. */
  seal(limit: number, reason: Reason, skipped: number): Batch | undefined;
  /** Batches of the present listener that no answer has covered, oldest first. */
  unsent(): Batch[];
  /** Writes down what changed in a batch. */
  save(batch: Batch): void;
  /** Makes two batches, with new ids, out of one that was too large and so never recorded. */
  split(batch: Batch): void;
  /** An answer has covered the batch: it is forgotten. False when it was before. */
  acknowledge(batch: Batch): boolean;
  /** Takes over what gone pages of the present listener left behind. Resolves to the number of impressions found. */
  adopt(): Promise<number>;
}
