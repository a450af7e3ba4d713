import type { Batch } from "./batch.js";
import type { Answer, Call } from "./call.js";
import type { Write } from "./outbox.js";

/** Makes impressions outlive their page. Loaded after the core, so that the first picture does not wait for it. */
export interface Keep {
  write: Write;
  /** Later impressions of this page belong to this session. */
  begin(sessionId: string): void;
  /** Call it when an answer has covered a batch. */
  settle(): void;
  /** Appends the gathering impressions to a batch that is known not to have arrived. */
  join(batch: Batch): void;
  /** Has the browser send the unsent impressions if the page dies. Call it when an impression was appended. */
  arm(): void;
  /** Posts a batch, with the question how much of dead pages' sessions has arrived. */
  call: Call;
  /** Stops all sending. */
  stop(): void;
  /** Handles an answer that a retry cannot better: splits the batch, parks it, or has impressions sent one by one. */
  refuse(batch: Batch, isSingle: boolean, answer: Answer, goSingle: () => void): void;
  /** Number of impressions that are sent without waiting for more. */
  size(): number;
  /** Milliseconds that an impression waits for others. */
  delayMs(): number;
  /** Deletes all batches of a listener, of all pages. */
  forget(listenerId: string | undefined): Promise<void>;
  /** Ends the session in a way that outlives the page. */
  end(unshown: number[]): void;
}
