import type { Batch } from "../core/batch.js";

/** Knows which pages of the origin are alive, and decides which page delivers the batches of dead ones. */
export interface Tabs {
  /** This page's journal entries belong to that session from now on. */
  begin(sessionId: string): void;
  /** Shares batches with other pages, which may ask how much of them has arrived. */
  share(batches: Batch[]): void;
  /** Call it when nothing is left of that dead session. */
  settle(sessionId: string): void;
  /** Call it when the page may be frozen or ending: others may adopt its batches. */
  leave(): void;
  /** Call it when the page is back. Resolves once it holds its locks again. */
  back(): Promise<void>;
}

export interface TabEvents {
  /** Sessions with batches in the journal. */
  written(): Promise<string[]>;
  /** That session's page is dead, and its batches are this page's to send until it settles or leaves. */
  orphaned(sessionId: string): void;
  /** Another page shared these batches, because it does not know whether they have arrived. */
  shared(batches: Batch[]): void;
}

/** Prefix of the locks. All releases must use the same one, or they would send the batches of live pages of another release. */
const prefix = "artfresh:1:";

/**
 * A page holds a Web Lock for each of its sessions, so that its end is noticed, whatever the cause. The page that holds one further lock is
 * the leader: it waits for the others' locks, and adopts the batches of dead pages. When it ends, the next page gets that lock. Without Web
 * Locks (plain http) each page is a leader, and adopts what it finds at its start.
 */
export function createTabs(events: TabEvents): Tabs {
  const own = new Set<string>();
  const held = new Map<string, () => void>();
  const claimed = new Map<string, Promise<void>>();
  let off = new AbortController();
  let isLeading = false;
  let channel: BroadcastChannel | undefined;

  /** Resolves once this page holds the lock; never resolves if the page leaves first. */
  const claim = (name: string): Promise<void> => {
    const before = claimed.get(name);
    if (before) return before;
    const { signal } = off;
    const mine = new Promise<void>((resolve) => {
      const request = globalThis.navigator?.locks?.request(prefix + name, { signal }, () => {
        // The lock was granted just as the page left.
        if (signal.aborted) return undefined;
        resolve();
        return new Promise<void>((letGo) => held.set(name, letGo));
      });
      // There are no Web Locks, or this sandboxed document may not use them.
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
      if (typeof data !== "string") events.shared(data);
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

    share: (batches) => channel?.postMessage(batches),

    settle: (sessionId) => own.has(sessionId) || letGo(sessionId),

    // The back/forward cache does not accept pages that hold a lock, wait for one or listen to a channel.
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
