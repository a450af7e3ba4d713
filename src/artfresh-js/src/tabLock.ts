/** Names that this page holds against all other pages of the origin. */
export interface TabLock {
  /** True when the name is this page's; also without Web Locks (plain http), where two pages may send the same, which is harmless. */
  claim(name: string): Promise<boolean>;
  /** Lets go of all names: a page that holds one is kept out of the back/forward cache. */
  release(): void;
}

export function createTabLock(): TabLock {
  const held = new Map<string, () => void>();
  return {
    claim: (name) =>
      new Promise<boolean>((resolve, reject) => {
        if (held.has(name)) resolve(true);
        else
          navigator.locks
            .request(name, { ifAvailable: true }, (lock) => {
              resolve(!!lock);
              return lock && new Promise<void>((letGo) => held.set(name, letGo));
            })
            .catch(reject);
        // No such interface, or, in a sandboxed document, no leave to use it.
      }).catch(() => true),
    release() {
      for (const letGo of held.values()) letGo();
      held.clear();
    },
  };
}
