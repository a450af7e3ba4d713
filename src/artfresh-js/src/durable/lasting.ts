import type { Batch } from "../core/batch.js";
import type { Write } from "../core/outbox.js";
import type { Settings } from "../core/settings.js";
import type { Counts } from "../core/stats.js";
import { openDatabase } from "./database.js";
import { createLocalStore } from "./localStore.js";
import type { Store } from "./store.js";

/** The journal in the best available storage. */
export interface Lasting {
  write: Write;
  /** All readable batches of all pages. */
  read(): Promise<Batch[]>;
}

/** Prefix of the ids of batches that are answered, and that a failed IndexedDB may still hold. */
const gonePrefix = "artfresh:gone:1:";

/**
 * Opens the journal: IndexedDB, or localStorage if that does not open or fails, or memory if both fail, in which case each write tries
 * again. `counts.journal` states which.
 * @param all Returns the batches to write when the storage changes.
 */
export async function openLasting(
  { storage, consent, log }: Settings,
  counts: Counts,
  all: () => Batch[],
): Promise<Lasting> {
  const local = storage && createLocalStore(storage);
  let store: Store | null | undefined = local;
  let isLogged = false;
  /** Whether IndexedDB failed in this page. */
  let isFallen = false;
  // A page that chose memory only must leave nothing on disk, and one that chose its tab nothing beyond that.
  if (local && consent === "full")
    try {
      store = await openDatabase();
    } catch (error) {
      if (globalThis.indexedDB) log("[Impressions] no IndexedDB", { error });
    }
  counts.journal = store?.kind ?? "memory";

  const write: Write = async (puts, removes) => {
    try {
      await store?.write(puts, removes);
      // Batches that were read from localStorage must be removed there too.
      if (store !== local) await local?.write([], removes);
      if (isFallen) for (const { batchId } of removes) storage?.setItem(gonePrefix + batchId, "");
      if (store && puts.length) counts.journal = store.kind;
    } catch (error) {
      counts.journal = "memory";
      if (!isLogged || store !== local) log("[Impressions] in memory only: storage failed", { error });
      isLogged = true;
      if (store === local) return;
      isFallen = true;
      store = local;
      for (const { batchId } of removes) storage?.setItem(gonePrefix + batchId, "");
      await write(
        all().filter((batch) => batch.sessionId),
        [],
      );
    }
  };

  /** Removes what was answered while IndexedDB had failed. */
  const bury = async (batches: Batch[]): Promise<Batch[]> => {
    const names = Object.keys(storage ?? {}).filter((name) => name.startsWith(gonePrefix));
    if (!names.length || store === local) return batches;
    const gone = batches.filter(({ batchId }) => names.includes(gonePrefix + batchId));
    await store?.write([], gone);
    for (const name of names) storage?.removeItem(name);
    return batches.filter((batch) => !gone.includes(batch));
  };

  return {
    write,
    async read() {
      const found = new Map<string, Batch>();
      for (const from of new Set([store, local]))
        for (const batch of (await from?.read().catch(() => [])) ?? []) {
          const known = found.get(batch.batchId);
          // A batch is in both if IndexedDB failed at some time; the longer one was written later.
          if (!known || known.impressions.length < batch.impressions?.length) found.set(batch.batchId, batch);
        }
      return bury([...found.values()]);
    },
  };
}
