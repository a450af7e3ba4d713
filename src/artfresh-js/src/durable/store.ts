import type { Batch } from "../core/batch.js";
import type { JournalKind } from "../core/wire.js";

/** Storage that outlives the page. */
export interface Store {
  readonly kind: JournalKind;
  /** Rejects where nothing was written. */
  write(puts: Batch[], removes: Batch[]): Promise<void>;
  /** Everything there, from any page; records may be damaged. */
  read(): Promise<Batch[]>;
}
