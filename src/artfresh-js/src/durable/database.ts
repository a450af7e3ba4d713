import type { Batch } from "../core/batch.js";
import type { Store } from "./store.js";

const name = "batch";
/** Browsers (Safari) have left requests open forever; art must not wait for that. */
const answerMaxMs = 3000;

/**
 * IndexedDB, one record a batch. A write has reached the browser's storage process when its promise resolves, so it survives a page or a
 * browser that is killed a moment later; a write to localStorage does not. Rejects where IndexedDB is missing or does not open.
 */
export async function openDatabase(): Promise<Store> {
  let database = await open();

  const run = (mode: IDBTransactionMode, use: (records: IDBObjectStore) => IDBRequest | undefined) =>
    new Promise<unknown>((resolve, reject) => {
      // Relaxed: written to the system, without waiting for the disk. That survives the browser's death, if not the machine's.
      const transaction = database.transaction(name, mode, { durability: "relaxed" });
      const request = use(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
      giveUp(reject);
      // Without it the browser first waits for another request.
      transaction.commit?.();
    });

  /** Browsers close connections when site data is cleared, or when another page waits for them to close. */
  const insist: typeof run = (mode, use) =>
    run(mode, use).catch(async (error) => {
      if (error?.name !== "InvalidStateError") throw error;
      database = await open();
      return run(mode, use);
    });

  return {
    kind: "indexeddb",
    async write(puts, removes) {
      await insist("readwrite", (records) => {
        for (const batch of puts) records.put(batch);
        for (const { batchId } of removes) records.delete(batchId);
        return undefined;
      });
    },
    read: () => insist("readonly", (records) => records.getAll()) as Promise<Batch[]>,
  };
}

const open = () =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open("artfresh", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(name, { keyPath: "batchId" });
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(request.error);
    giveUp(reject);
  });

const giveUp = (reject: (reason: Error) => void) =>
  setTimeout(reject, answerMaxMs, new Error("no answer from IndexedDB"));
