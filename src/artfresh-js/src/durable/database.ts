import type { Batch } from "../core/batch.js";
import type { Store } from "./store.js";

const name = "batch";
/** Time limit of opening: Safari has left requests open forever, and art must not wait for that. */
const answerMaxMs = 3000;

/**
 * Stores batches in IndexedDB, one record each. When a write resolves, it has reached the browser's storage process, so it survives a kill of
 * the page or the browser; a write to localStorage does not. Rejects if IndexedDB is missing or does not open.
 */
export async function openDatabase(): Promise<Store> {
  let database = await open();

  const run = (mode: IDBTransactionMode, use: (records: IDBObjectStore) => IDBRequest | undefined) =>
    new Promise<unknown>((resolve, reject) => {
      // Relaxed: handed to the operating system without waiting for the disk. That survives a crash of the browser, but not of the machine.
      const transaction = database.transaction(name, mode, { durability: "relaxed" });
      const request = use(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
      giveUp(reject);
      // Commits at once; otherwise the browser waits for further requests first.
      transaction.commit?.();
    });

  /** Reopens the database once if the browser has closed the connection: it does so when site data is cleared, or when another page needs it closed. */
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
