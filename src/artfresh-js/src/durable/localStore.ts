import type { Batch } from "../core/batch.js";
import type { Store } from "./store.js";

/** Precedes the session id and the batch id. The number grows when a record's shape changes, so that no release misreads another's. */
const keyPrefix = "artfresh:1:";

const keyOf = (batch: Batch): string => `${keyPrefix}${batch.sessionId}:${batch.batchId}`;

/**
 * localStorage, one key a batch, so that no tab writes over another's. A browser writes it to disk seconds late: closing,
 * reloading or crashing a page loses nothing; killing the whole browser loses those seconds.
 */
export const createLocalStore = (storage: Storage): Store => ({
  kind: "localstorage",
  async write(puts, removes) {
    for (const batch of puts) storage.setItem(keyOf(batch), JSON.stringify(batch));
    for (const batch of removes) storage.removeItem(keyOf(batch));
  },
  read: async () =>
    Object.keys(storage).flatMap((key) => {
      if (!key.startsWith(keyPrefix)) return [];
      try {
        const batch: Batch = JSON.parse(storage.getItem(key) as string);
        // A record under a key that its content does not produce could never be removed.
        if (keyOf(batch) === key) return [batch];
      } catch {
        // An unreadable record can be neither sent nor counted.
      }
      storage.removeItem(key);
      return [];
    }),
});
