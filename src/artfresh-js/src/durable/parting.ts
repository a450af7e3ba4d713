import type { Batch } from "../core/batch.js";
import type { Call } from "../core/call.js";
import type { Outbox } from "../core/outbox.js";
import type { Sending } from "../core/sending.js";
import type { Session } from "../core/session.js";
import type { Settings } from "../core/settings.js";
import type { Counts } from "../core/stats.js";
import type { SessionInfo, Transport } from "../core/wire.js";
import { beacon } from "./beacon.js";
import { graceMs, patienceMs } from "./patience.js";
import { withBehind } from "./withBehind.js";

/** The most bytes of impressions sent when the page is hidden: beacons and keepalive requests in flight share 64 KiB. */
const hiddenBytesMax = 60 * 1024;

/** Whether `fetch` supports keepalive. It is preferred over beacons, which content blockers drop while reporting success; some browsers have only beacons. */
const outlives = () => "keepalive" in (globalThis.Request?.prototype ?? {});

/** The parts of the client that durable delivery uses. */
export interface Parts {
  settings: Settings;
  counts: Counts;
  call: Call;
  outbox: Outbox;
  session: Session;
  sending: Sending;
}

/** Sends batches when the page may never run again. */
export interface Parting {
  /** Call it when the page is hidden: sends all unsent batches in ways that outlive it. They stay in the journal until an answer covers them. */
  hide(): void;
  /** Call it when the page is back: sends the batches of `hide` again, unless they are answered in time. */
  show(): void;
  /** Call it when an answer covered a batch of that session: batches that were sent long enough before it and are not covered never arrived. */
  settle(sessionId?: string): void;
  /** Sends in a way that outlives the page, without waiting for the answer. */
  sendLast(path: string, body: object): void;
  /** The requests (url, body) that the browser should send if the page dies now. */
  testament(): [url: string, body: object][];
}

export function createParting({ settings, counts, call, outbox, session, sending }: Parts): Parting {
  const entrustedMs = new WeakMap<Batch, number>();
  const isCookieless = settings.credentials === "omit";
  /** A beacon always takes the cookies along. */
  const post = (path: string, body: object) => !isCookieless && beacon(settings.baseUrl + path, body);
  /** Whether to call rather than to post. */
  const calls = () => isCookieless || outlives();

  const requests = (batch: Batch, open: SessionInfo, transport: Transport) =>
    sending
      .requests(batch, transport, sending.isSingle(open))
      .map(([path, body]): [string, object] => [path, withBehind(outbox, body)]);

  /** The open session's batches that are not in a request, as many as the browser accepts from an ending page. */
  const left = (open: SessionInfo) => {
    // Bodies are ASCII, so that characters are bytes.
    const sizeOf = (batch: Batch) => JSON.stringify(requests(batch, open, "keepalive")).length;
    let bytesLeft = hiddenBytesMax - outbox.in("flying").reduce((sum, batch) => sum + sizeOf(batch), 0);
    return outbox.in("gathering", "sealed").filter((batch) => {
      if (batch.sessionId !== open.sessionId || !sending.mayLeave(batch)) return false;
      bytesLeft -= sizeOf(batch);
      return bytesLeft > 0;
    });
  };

  /** Sends a batch in a way that outlives the page. It stays in the journal until an answer covers it. */
  const entrust = async (batch: Batch, open: SessionInfo) => {
    const single = sending.isSingle(open);
    outbox.move(batch, "entrusted");
    entrustedMs.set(batch, performance.now());
    batch.beacons = (batch.beacons ?? 0) + 1;
    sending.attempt(batch, batch.impressions.length - batch.answered);
    const beacons = requests(batch, open, "beacon");
    const answers = requests(batch, open, "keepalive").map(async ([path, body], i) => {
      const answer = calls() ? await call(path, body, true) : { status: 0, isRefused: true };
      const [, again] = beacons[i] as [string, object];
      // When a page returns from the back/forward cache, its requests have failed, but may have arrived.
      let isRefused = !!answer.isRefused && (document.hidden || !outlives()) && batch.state === "entrusted";
      if (isRefused && post(path, again)) {
        isRefused = false;
        counts.calls++;
        sending.logSent(batch, "beacon");
      }
      return sending.isTaken(batch, answer) ? undefined : { ...answer, isRefused };
    });
    const failed = (await Promise.all(answers)).find((answer) => answer);
    if (!failed) {
      sending.acknowledge(batch, "keepalive");
    } else if ((failed.status || failed.isRefused) && batch.state === "entrusted") {
      // Nothing of it has left. A page that is hidden and lives on sends it as a visible one does.
      sending.recover(batch, single, failed);
      void sending.resume();
    }
  };

  /** Handles a batch that was sent when the page was hidden, and not answered. */
  const doubt = (batch: Batch) => {
    // It may have been answered, or the page hidden again.
    if (!document.hidden && batch.state === "entrusted") release(batch, true);
  };

  const release = (batch: Batch, probe: boolean) => {
    outbox.move(batch, "sealed");
    Object.assign(batch, { reason: "replay", probe });
    void sending.resume();
  };

  return {
    hide() {
      const open = session.current();
      if (!open) return;
      sending.seal("hidden");
      for (const batch of left(open)) void entrust(batch, open);
    },

    show() {
      for (const batch of outbox.in("entrusted")) setTimeout(doubt, patienceMs, batch);
      void sending.resume();
    },

    settle(sessionId) {
      if (document.hidden) return;
      const isOld = (batch: Batch) => (entrustedMs.get(batch) ?? 0) + graceMs < performance.now();
      for (const batch of outbox.in("entrusted"))
        if (batch.sessionId === sessionId && isOld(batch)) release(batch, false);
    },

    sendLast(path, body) {
      if (calls()) void call(path, body, true);
      else post(path, body);
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
