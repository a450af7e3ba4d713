import type { Call } from "../core/call.js";
import type { Batch, Journal } from "../core/outbox.js";
import type { Delivery } from "../core/sending.js";
import type { Session } from "../core/session.js";
import type { Settings } from "../core/settings.js";
import type { Counts } from "../core/stats.js";
import type { SessionInfo, Transport } from "../core/wire.js";
import { beacon } from "./beacon.js";

/** Bytes of impressions sent while the page hides: beacons and keepalive fetches share 64 KiB in flight. */
const hiddenBytesMax = 60 * 1024;

/** A browser that has no room for a request says so at once. */
const refusalMaxMs = 100;

/** What a page sent with its last breath is on its way: sooner than this nobody can tell whether it arrived. */
export const graceMs = 5000;

/** So long the question what arrived waits for a batch of the page's own to ask it along. */
export const patienceMs = 10_000;

/** Blockers may swallow a beacon and say that it went; but it is all that some browsers have. */
const outlives = () => "keepalive" in (globalThis.Request?.prototype ?? {});

/** The parts of a client that work together. */
export interface Parts {
  settings: Settings;
  counts: Counts;
  call: Call;
  journal: Journal;
  session: Session;
  delivery: Delivery;
}

/** What is to be done with the unsent when the page may never run again. */
export interface Parting {
  /** The page hides: all that is unsent goes in ways that outlive it, and stays in the journal until an answer covers it. */
  hide(): void;
  /** The page is back: what went while it hid, and is not answered for in time, goes again. */
  show(): void;
  /** An answer covered something of that session: what went while the page hid, long enough ago to have arrived, is among it or never did. */
  settle(sessionId?: string): void;
  /** Sends in a way that outlives the page; nobody is there to see the answer. */
  sendLast(path: string, body: object): void;
  /** What the browser should send if the page dies now: url and body. */
  testament(): [url: string, body: object][];
}

export function createParting({ settings, counts, call, journal, session, delivery }: Parts): Parting {
  const { held } = delivery;
  const entrustedMs = new WeakMap<Batch, number>();

  const requests = (batch: Batch, open: SessionInfo, transport: Transport) =>
    delivery.requests(batch, transport, delivery.isSingle(open));

  /** The open session's batches that are not under way, as many as the browser takes from a page that ends. */
  const left = (open: SessionInfo) => {
    // ASCII throughout, so characters are bytes.
    const sizeOf = (batch: Batch) => JSON.stringify(requests(batch, open, "keepalive")).length;
    const flying = delivery.flying();
    let bytesLeft = hiddenBytesMax - (flying ? sizeOf(flying) : 0);
    return journal.batches.filter((batch) => {
      if (batch.sessionId !== open.sessionId || batch === flying || held.has(batch)) return false;
      bytesLeft -= sizeOf(batch);
      return bytesLeft > 0;
    });
  };

  /** Sends a batch in ways that outlive the page. Where nobody is there to see the answer, it stays in the journal. */
  const entrust = async (batch: Batch, open: SessionInfo) => {
    const single = delivery.isSingle(open);
    held.set(batch, true);
    entrustedMs.set(batch, Date.now());
    batch.beacons = (batch.beacons ?? 0) + 1;
    delivery.attempt(batch, batch.impressions.length - batch.answered);
    const beacons = requests(batch, open, "beacon");
    const answers = requests(batch, open, "keepalive").map(async ([path, body], i) => {
      const startedMs = Date.now();
      const answer = outlives() ? await call(path, body, true) : { status: 0 };
      const [, again] = beacons[i] as [string, object];
      // Of a page that is seen again, or later than that, it was under way and may have arrived: out of the back/forward cache a page finds its
      // requests broken off.
      const isBroken = outlives() && (!document.hidden || Date.now() - startedMs >= refusalMaxMs);
      const isRefused = !answer.status && !isBroken;
      if (isRefused && held.has(batch) && beacon(settings.baseUrl + path, again)) {
        counts.calls++;
        delivery.tell(batch, "beacon");
      }
      return delivery.isTaken(batch, answer) ? undefined : answer;
    });
    const failed = (await Promise.all(answers)).find((answer) => answer);
    if (!failed) {
      delivery.acknowledge(batch);
      delivery.tell(batch, "keepalive");
    } else if (failed.status && held.delete(batch)) {
      delivery.recover(batch, single, failed);
      void delivery.resume();
    }
  };

  /** It went while the page hid, and nothing was heard of it. */
  const doubt = (batch: Batch) => {
    // Answered for meanwhile; or the page hides again, and will be back.
    if (!document.hidden && held.has(batch) && journal.batches.includes(batch)) release(batch, true);
  };

  const release = (batch: Batch, probe: boolean) => {
    held.delete(batch);
    Object.assign(batch, { reason: "replay", probe });
    void delivery.resume();
  };

  return {
    hide() {
      const open = session.current();
      if (!open) return;
      delivery.seal("hidden");
      for (const batch of left(open)) void entrust(batch, open);
    },

    show() {
      for (const [batch, isEntrusted] of held) if (isEntrusted) setTimeout(doubt, patienceMs, batch);
      void delivery.resume();
    },

    settle(sessionId) {
      if (!document.hidden)
        for (const [batch, isEntrusted] of held)
          if (
            isEntrusted &&
            batch.sessionId === sessionId &&
            (entrustedMs.get(batch) ?? 0) + graceMs < Date.now()
          )
            release(batch, false);
    },

    sendLast(path, body) {
      if (outlives()) void call(path, body, true);
      else beacon(settings.baseUrl + path, body);
    },

    testament() {
      const open = session.current();
      if (!open) return [];
      return left(open).flatMap((batch) =>
        requests({ ...batch, attempts: batch.attempts + 1 }, open, "later").map(
          ([path, body]): [string, object] => [settings.baseUrl + path, body],
        ),
      );
    },
  };
}
