import type { Batch } from "../core/batch.js";
import type { JournalKind } from "../core/wire.js";

/** What outlives the page. */
export interface Store {
  readonly kind: JournalKind;
  /** Rejects where nothing was written. */
  write(puts: Batch[], removes: Batch[]): Promise<void>;
  /** All that is there, of whichever page; what cannot be read may be anything. */
  read(): Promise<Batch[]>;
}
