/** Names that this page holds against all other pages of the origin. */
export interface TabLock {
  /** True when the name is this page's from now on, false when another page lives that has it, undefined without Web Locks (plain http). */
  claim(name: string): Promise<boolean | undefined>;
  release(): void;
}

export function createTabLock(): TabLock {
  const locks = globalThis.navigator?.locks;
  const held = new Map<string, () => void>();

  const claim = (name: string): Promise<boolean | undefined> =>
    new Promise((resolve) => {
      if (!locks) return resolve(undefined);
      locks
        .request(name, { ifAvailable: true }, (lock) => {
          resolve(lock !== null);
          return lock && new Promise<void>((release) => held.set(name, release));
        })
        // Sandboxed documents have the interface and are refused its use.
        .catch(() => resolve(undefined));
    });

  const release = () => {
    for (const letGo of held.values()) letGo();
  };
  const reclaim = (event: PageTransitionEvent) => {
    if (event.persisted) for (const name of held.keys()) void claim(name);
  };
  // A page that holds a lock is not let into the back/forward cache.
  globalThis.window?.addEventListener("pagehide", release);
  globalThis.window?.addEventListener("pageshow", reclaim);

  return {
    claim,
    release() {
      globalThis.window?.removeEventListener("pagehide", release);
      globalThis.window?.removeEventListener("pageshow", reclaim);
      release();
      held.clear();
    },
  };
}
