import type { Batch } from "./batch.js";
import type { Call } from "./call.js";
import type { Write } from "./outbox.js";

/** What makes impressions outlive their page. It is loaded beside the core, so that the first picture does not wait for it. */
export interface Keep {
  write: Write;
  /** This page's impressions belong to that session from now on. */
  begin(sessionId: string): void;
  /** An answer covered something. */
  settle(): void;
  /** A batch is known not to have arrived: what gathers behind it goes along. */
  join(batch: Batch): void;
  /** Something was appended: the browser is to send it should the page die. */
  arm(): void;
  /** Posts a batch, and asks along how much has arrived of the sessions that dead pages left. */
  call: Call;
  /** Nothing more is to be sent. */
  stop(): void;
  /** Two batches out of one that was too large, and so never recorded. */
  halvesOf(batch: Batch, newId: () => string): [Batch, Batch];
  /** How many impressions gather before they leave. */
  size(): number;
  /** Milliseconds that an impression may wait for others. */
  delayMs(): number;
  /** Sends in a way that outlives the page. */
  sendLast(path: string, body: object): void;
}
