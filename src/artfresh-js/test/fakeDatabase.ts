/** As much of IndexedDB as the journal uses: one store, whole transactions, and faults. */
export class FakeDatabase {
  readonly records = new Map<string, object>();
  /** What becomes of the next ones. */
  openFault: "fails" | "hangs" | undefined;
  writeFault: "quota" | "closed" | "hangs" | undefined;
  opened = 0;
  /** Transactions, and how many of them asked not to be waited for. */
  committed: { durability: string | undefined; explicitly: boolean }[] = [];

  readonly factory = {
    open: () => {
      this.opened++;
      const request = { result: this.connection(), error: new Error("no access") } as Record<string, unknown>;
      if (this.openFault !== "hangs")
        queueMicrotask(() => {
          const event = this.openFault ? "onerror" : "onsuccess";
          if (!this.openFault) (request.onupgradeneeded as () => void)();
          (request[event] as () => void)();
        });
      return request;
    },
  };

  private connection() {
    return {
      close: () => {},
      createObjectStore: () => {},
      transaction: (_: string, mode: string, options?: { durability?: string }) => {
        const fault = mode === "readwrite" ? this.writeFault : undefined;
        if (fault === "closed") {
          this.writeFault = undefined;
          throw new DOMException("closing", "InvalidStateError");
        }
        const work: (() => void)[] = [];
        const transaction = {
          error: new DOMException("full", "QuotaExceededError"),
          commit: () => {
            explicitly = true;
          },
          objectStore: () => ({
            put: (batch: { batchId: string }) => {
              const copy = structuredClone(batch);
              work.push(() => this.records.set(batch.batchId, copy));
            },
            delete: (key: string) => work.push(() => this.records.delete(key)),
            getAll: () => ({ result: structuredClone([...this.records.values()]) }),
          }),
        } as Record<string, unknown>;
        let explicitly = false;
        queueMicrotask(() => {
          if (fault === "hangs") return;
          if (fault === "quota") return (transaction.onabort as () => void)();
          for (const step of work) step();
          this.committed.push({ durability: options?.durability, explicitly });
          (transaction.oncomplete as () => void)();
        });
        return transaction;
      },
    };
  }
}
