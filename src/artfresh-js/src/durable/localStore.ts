import type { Batch } from "../core/batch.js";
import type { Store } from "./store.js";

/** Prefix of the session id and the batch id. Raise the number when a record's shape changes, so that no release misreads another's. */
const keyPrefix = "artfresh:1:";

const keyOf = (batch: Batch): string => `${keyPrefix}${batch.sessionId}:${batch.batchId}`;

/**
 * Stores batches in localStorage, one key each, so that no tab overwrites another's. The browser writes to disk seconds later: closing,
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
        // Skips a record whose key does not match its content: it could never be removed.
        if (keyOf(batch) === key) return [batch];
      } catch {
        // Skips an unreadable record, which can be neither sent nor counted.
      }
      storage.removeItem(key);
      return [];
    }),
});
