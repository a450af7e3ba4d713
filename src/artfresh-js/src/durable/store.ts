import type { Batch } from "../core/batch.js";
import type { JournalKind } from "../core/wire.js";

/** Storage that outlives the page. */
export interface Store {
  readonly kind: JournalKind;
  /** Rejects if nothing was written. */
  write(puts: Batch[], removes: Batch[]): Promise<void>;
  /** The records of all pages, which may be damaged. */
  read(): Promise<Batch[]>;
}
