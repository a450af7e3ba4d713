import type { Batch } from "../core/batch.js";
import type { Store } from "./store.js";

/** Before a session's id and a batch's. The number goes up when a record's shape changes: a page must not misread what another release wrote. */
const keyPrefix = "artfresh:1:";

const keyOf = (batch: Batch): string => `${keyPrefix}${batch.sessionId}:${batch.batchId}`;

/**
 * localStorage, one key a batch, so that no tab writes over another's. A browser writes it to disk seconds late: what closes,
 * reloads or crashes a page loses nothing, what kills the whole browser loses those seconds.
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
        // A key that its content does not lead back to could never be removed again.
        if (keyOf(batch) === key) return [batch];
      } catch {
        // What cannot be read can be counted no more than it can be sent.
      }
      storage.removeItem(key);
      return [];
    }),
});
