import type { Batch } from "../core/batch.js";

/** Which pages of the origin are alive, and whose leftovers this one delivers. */
export interface Tabs {
  /** This page writes under that session from now on. */
  begin(sessionId: string): void;
  /** Other pages may ask what of it has arrived. */
  tell(batches: Batch[]): void;
  /** Nothing is left of that dead session. */
  settle(sessionId: string): void;
  /** The page may be frozen or gone: others may take over what it wrote. */
  leave(): void;
  /** The page is back. Resolves once it holds its locks again. */
  back(): Promise<void>;
}

export interface TabEvents {
  /** Sessions of which something is written down. */
  written(): Promise<string[]>;
  /** That session's page is gone, and what it left is this page's to send until it settles or leaves. */
  orphaned(sessionId: string): void;
  /** Another page does not know which of these have arrived. */
  told(batches: Batch[]): void;
}

/** All releases must use the same one, or they send what a live page of another release holds. */
const prefix = "artfresh:1:";

/**
 * A page holds a Web Lock for each session that it writes under, so that its end, however sudden, is known. One page, the holder of
 * another lock, leads: it waits for the others' locks, and takes over what a dead page left. The next in line leads when it is gone.
 * Without Web Locks (plain http) each page leads, and takes over what it finds at its start.
 */
export function createTabs(events: TabEvents): Tabs {
  const own = new Set<string>();
  const held = new Map<string, () => void>();
  const claimed = new Map<string, Promise<void>>();
  let off = new AbortController();
  let isLeading = false;
  let channel: BroadcastChannel | undefined;

  /** Resolves once this page holds the lock; never, if the page leaves first. */
  const claim = (name: string): Promise<void> => {
    const before = claimed.get(name);
    if (before) return before;
    const { signal } = off;
    const mine = new Promise<void>((resolve) => {
      const request = navigator.locks?.request(prefix + name, { signal }, () => {
        // Granted just as the page left.
        if (signal.aborted) return undefined;
        resolve();
        return new Promise<void>((letGo) => held.set(name, letGo));
      });
      // No Web Locks, or a sandboxed document that may not use them.
      if (!request) resolve();
      request?.catch(() => signal.aborted || resolve());
    });
    claimed.set(name, mine);
    return mine;
  };

  const letGo = (name: string) => {
    held.get(name)?.();
    held.delete(name);
    claimed.delete(name);
  };

  const watch = (sessionId: string) => {
    if (!own.has(sessionId) && !claimed.has(sessionId))
      void claim(sessionId).then(() => claimed.has(sessionId) && events.orphaned(sessionId));
  };

  const lead = async () => {
    await claim("leader");
    isLeading = true;
    for (const sessionId of await events.written()) watch(sessionId);
  };

  const say = async (sessionId: string) => {
    await claim(sessionId);
    channel?.postMessage(sessionId);
  };

  const listen = () => {
    if (channel || !globalThis.BroadcastChannel) return;
    channel = new BroadcastChannel("artfresh");
    channel.onmessage = ({ data }: MessageEvent<string | Batch[]>) => {
      if (typeof data !== "string") events.told(data);
      else if (isLeading) watch(data);
    };
  };

  return {
    begin(sessionId) {
      own.add(sessionId);
      listen();
      void say(sessionId);
      void lead();
    },

    tell: (batches) => channel?.postMessage(batches),

    settle: (sessionId) => own.has(sessionId) || letGo(sessionId),

    // A page that holds a lock, waits for one or listens to others is kept out of the back/forward cache.
    leave() {
      off.abort();
      off = new AbortController();
      isLeading = false;
      for (const name of [...claimed.keys()]) letGo(name);
      channel?.close();
      channel = undefined;
    },

    async back() {
      if (!own.size) return;
      listen();
      await Promise.all([...own].map(say));
      void lead();
    },
  };
}
