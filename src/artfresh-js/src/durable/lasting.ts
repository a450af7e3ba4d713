import type { Batch } from "../core/batch.js";
import type { Write } from "../core/outbox.js";
import type { Settings } from "../core/settings.js";
import type { Counts } from "../core/stats.js";
import { openDatabase } from "./database.js";
import { createLocalStore } from "./localStore.js";
import type { Store } from "./store.js";

/** The journal, in the best storage available. */
export interface Lasting {
  write: Write;
  /** All readable batches that any page has left. */
  read(): Promise<Batch[]>;
}

/**
 * IndexedDB; localStorage where that cannot be opened or fails; memory alone where both fail, and then each write tries again.
 * `counts.journal` says which.
 * @param all What to write where the storage changes.
 */
export async function openLasting(
  { storage = pageStorage(), log }: Settings,
  counts: Counts,
  all: () => Batch[],
): Promise<Lasting> {
  const local = storage && createLocalStore(storage);
  let store: Store | null | undefined = local;
  let isTold = false;
  // A page that asks for memory alone wants nothing left behind.
  if (local)
    try {
      store = await openDatabase();
    } catch (error) {
      if (globalThis.indexedDB) log("[Impressions] no IndexedDB", { error });
    }
  counts.journal = store?.kind ?? "memory";

  const write: Write = async (puts, removes) => {
    try {
      await store?.write(puts, removes);
      // What was found in localStorage must be removed there too.
      if (store !== local) await local?.write([], removes);
      if (store && puts.length) counts.journal = store.kind;
    } catch (error) {
      counts.journal = "memory";
      if (!isTold || store !== local) log("[Impressions] in memory only: storage failed", { error });
      isTold = true;
      if (store === local) return;
      store = local;
      await write(
        all().filter((batch) => batch.sessionId),
        [],
      );
    }
  };

  return {
    write,
    async read() {
      const found = new Map<string, Batch>();
      for (const from of new Set([store, local]))
        for (const batch of (await from?.read().catch(() => [])) ?? []) {
          const known = found.get(batch.batchId);
          // It is in both where IndexedDB failed half-way: the longer one was written later.
          if (!known || known.impressions.length < batch.impressions?.length) found.set(batch.batchId, batch);
        }
      return [...found.values()];
    },
  };
}

function pageStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    // Browsers that block site data throw on access.
    return null;
  }
}
