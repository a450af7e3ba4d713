import type { Reason } from "./wire.js";

/** An artwork was on screen. */
export interface Impression {
  artworkId: number;
  /** Milliseconds since the Unix epoch. */
  displayedAtMs: number;
  /** Milliseconds from asking for it to its being on screen. */
  displayMs?: number | undefined;
}

/** Impressions of one session that travel together. Once sealed, they, their numbers and the batch's id stay as they are over every retry. */
export interface Batch {
  sessionId?: string | undefined;
  listenerId?: string | undefined;
  readonly batchId: string;
  /** Number of the first impression in its session; the others follow by one. */
  readonly firstNumber: number;
  readonly impressions: Impression[];
  /** Why it was sealed; undefined while it grows. */
  reason?: Reason | undefined;
  /** Flickers skipped since the batch before this one. */
  skipped: number;
  /** Times that it was sent. */
  attempts: number;
  /** How many of its first impressions the single endpoint has answered for. */
  answered: number;
}

/** Whose impressions are recorded, and how many fit a batch. */
export interface Sitting {
  sessionId: string;
  listenerId: string;
  batchLimit: number;
}

/**
 * Where impressions rest until an answer covers them. What it holds outlives the page where it can; nothing leaves it but by
 * `acknowledge`, or by its bounds, and then it is told.
 */
export interface Journal {
  /**
   * What is appended belongs to this session from now on, and what `unsent` gives to this listener; without a session, to the one
   * that begins next. What is not sealed comes along, numbered anew, unless it is of a session ended or another listener: then it
   * is sealed, and what is held of another listener's is not sent, and told.
   */
  begin(session?: Sitting): void;
  /** Numbers the impression, from 1 in each session, and writes it down. */
  append(impression: Impression): void;
  /** Impressions that are not sealed. */
  open(): number;
  /** Impressions that no answer has covered. */
  size(): number;
  /** Makes what is appended so far ready to be sent. The first batch made so tells of the skipped flickers. False when there is none. */
  seal(reason: Reason, skipped: number): boolean;
  /** Sealed batches of the present listener that no answer has covered, oldest first. */
  unsent(): Batch[];
  /** Writes down what changed in a batch. */
  save(batch: Batch): void;
  /** Makes two batches, with new ids, out of one that was too large and so never recorded. */
  split(batch: Batch): void;
  /** An answer has covered the batch: it is forgotten. */
  acknowledge(batch: Batch): void;
  /** Takes over what gone pages of the present listener left behind, and tells other pages that this one lives. */
  adopt(): Promise<void>;
}

/** Impressions in some batches. */
export const countOf = (batches: Batch[]): number =>
  batches.reduce((sum, batch) => sum + batch.impressions.length, 0);
