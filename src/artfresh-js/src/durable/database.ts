import type { Batch } from "../core/batch.js";
import type { Store } from "./store.js";

const name = "batch";
/** A browser may leave the question open for ever, as Safari's did; art must not wait for that. */
const answerMaxMs = 3000;

/**
 * IndexedDB, one record a batch. A write is in the browser's own process before its promise resolves: it outlives a page or a
 * browser that is killed in the next moment, which localStorage does not. Rejects where there is none, or it is not to be had.
 */
export async function openDatabase(): Promise<Store> {
  let database = await open();

  const run = (mode: IDBTransactionMode, use: (records: IDBObjectStore) => IDBRequest | undefined) =>
    new Promise<unknown>((resolve, reject) => {
      // Relaxed: handed to the system and not waited for on disk. It is the browser's death that is feared, not the machine's.
      const transaction = database.transaction(name, mode, { durability: "relaxed" });
      const request = use(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
      giveUp(reject);
      // Without it the browser waits first whether another request follows.
      transaction.commit?.();
    });

  /** Browsers close a connection by themselves: when site data is cleared, or another page waits for it to close. */
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
