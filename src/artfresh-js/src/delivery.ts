import { beacon } from "./beacon.js";
import { type Answer, type ArtFreshError, type Call, isTransient } from "./call.js";
import { type Batch, countOf, type Journal } from "./journal.js";
import { requestsOf } from "./requests.js";
import { retryDelayMs } from "./retry.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import { type BatchAnswer, hiddenBytesMax, type Reason, type SessionInfo, type Transport } from "./wire.js";

/** How long a server that has no batch endpoint is spared the question. */
const singleMs = 60_000;

/** Brings the journal's impressions to the server, one request at a time. */
export interface Delivery {
  /** Sends all that the journal has. Resolves when it is answered for, or when a try failed and is put off; never rejects. */
  flush(reason: Reason): Promise<void>;
  /** Goes on with batches made before, and makes no new ones. */
  resume(): Promise<void>;
  /** Something was appended: it leaves when enough has gathered, or after a while. */
  appended(): void;
  /** The page hides: all that is unsent goes in ways that outlive it, and stays in the journal until an answer covers it. */
  hide(): void;
  /** The page is back: what went while it hid, and was never answered, goes again. */
  show(): void;
  stop(): void;
}

export function createDelivery(
  { baseUrl, flushDelay, flushSize, log, random }: Settings,
  counts: Counts,
  call: Call,
  journal: Journal,
  session: Session,
): Delivery {
  let flight: Promise<void> | undefined;
  let due: Reason | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let isPutOff = false;
  let stopped = false;
  let singleUntilMs = 0;
  let failures = 0;
  let skippedTold = 0;
  /**
   * Batches not to be sent now. True: handed to the browser while the page hid, until it is back. False: refused for good, or of a
   * session that is not known, until the next visit.
   */
  const held = new Map<Batch, boolean>();

  const isSingle = (open: SessionInfo) => open.delivery === "single" || Date.now() < singleUntilMs;
  const waiting = () => journal.unsent().filter((batch) => !held.has(batch));

  const seal = (reason: Reason) => {
    if (journal.seal(reason, counts.skipped - skippedTold)) skippedTold = counts.skipped;
  };

  const tell = (batch: Batch, transport: Transport, answer?: Answer) => {
    const count = countOf([batch]);
    log(`[Impressions] flushed ${count} (${batch.reason}, ${transport})`, {
      count,
      transport,
      ...batch,
      answer,
    });
  };

  /** Adds up what an answer says; false for one that is no answer of the server's to impressions. */
  const isTaken = (answer: Answer): boolean => {
    const said = answer.body as BatchAnswer | undefined;
    if (said?.recorded === undefined) return false;
    counts.duplicates += said.duplicates;
    counts.repeats += said.repeats;
    if (said.repeats) log(`[Impressions] ${said.repeats} REPEATS`, said);
    return true;
  };

  const putOff = (why: Answer) => {
    const delayMs = retryDelayMs(++failures, random, why.retryAfterMs);
    isPutOff = true;
    setTimeout(() => {
      isPutOff = false;
      void resume();
    }, delayMs);
    log(`[Impressions] retry in ${Math.round(delayMs)} ms`, why);
  };

  /** What to do about an answer that was no success. */
  const recover = (batch: Batch, single: boolean, answer: Answer) => {
    const { status, code } = answer;
    const isLost = code === "session_not_found";
    if (isLost) session.leave(batch.sessionId);
    if (status === 401) session.leave();
    if (isTransient(answer)) putOff(answer);
    else if (!isLost && !single && [404, 405, 410].includes(status)) {
      singleUntilMs = Date.now() + singleMs;
      log("[Impressions] no batch endpoint", answer);
    } else if (status === 413 && !single && countOf([batch]) > 1) journal.split(batch);
    else {
      held.set(batch, false);
      counts.parked += countOf([batch]);
      log(`[Impressions] refused ${countOf([batch])}`, { batch, answer });
    }
  };

  const send = async (batch: Batch, single: boolean) => {
    let answer: Answer = { status: 0 };
    batch.attempts++;
    journal.save(batch);
    for (const [path, body] of requestsOf(batch, single, "fetch")) {
      answer = await call(path, body);
      if (!isTaken(answer)) return recover(batch, single, answer);
      batch.answered++;
    }
    failures = 0;
    journal.acknowledge(batch);
    tell(batch, "fetch", answer);
  };

  const fly = async () => {
    try {
      while (!isPutOff) {
        const open = await session.ready();
        // What could not be sent before goes first, so that a long failure does not end in a pile of small batches.
        if (due && !waiting().length) {
          seal(due);
          due = undefined;
        }
        const [batch] = waiting();
        if (!batch) return;
        await send(batch, isSingle(open));
      }
    } catch (error) {
      putOff(error as ArtFreshError);
    } finally {
      // Here and not in a continuation: a flush between the two would join a flight that is over.
      flight = undefined;
    }
  };

  const resume = (): Promise<void> => {
    if (!flight && !stopped && !isPutOff && journal.size()) flight = fly();
    return flight ?? Promise.resolve();
  };

  const flush = (reason: Reason): Promise<void> => {
    if (journal.open()) due = reason;
    clearTimeout(gathering);
    gathering = undefined;
    return resume();
  };

  /** Sends a batch in ways that outlive the page. Nobody may be there to see an answer, so none is waited for. */
  const entrust = (batch: Batch, requests: (transport: Transport) => [string, object][]) => {
    let transport: Transport = "beacon";
    batch.attempts++;
    held.set(batch, true);
    journal.save(batch);
    requests(transport).forEach(([path, body], i) => {
      if (beacon(baseUrl + path, body)) counts.calls++;
      else {
        transport = "keepalive";
        void call(path, requests(transport)[i]?.[1], true);
      }
    });
    tell(batch, transport);
  };

  return {
    flush,
    resume,

    appended() {
      // Batches are made after an await, so what one loop records leaves together.
      if (journal.open() === flushSize) void flush("size");
      else gathering ??= setTimeout(flush, flushDelay, "timer");
    },

    hide() {
      const open = session.current();
      if (!open) return;
      seal("hidden");
      let bytesLeft = hiddenBytesMax;
      for (const batch of waiting()) {
        const requests = (transport: Transport) => requestsOf(batch, isSingle(open), transport, open.token);
        // ASCII throughout, so characters are bytes.
        bytesLeft -= JSON.stringify(requests("keepalive")).length;
        if (batch.sessionId === open.sessionId && bytesLeft > 0) entrust(batch, requests);
      }
    },

    show() {
      for (const [batch, isEntrusted] of held)
        if (isEntrusted) {
          batch.reason = "replay";
          held.delete(batch);
        }
      void resume();
    },

    stop() {
      stopped = true;
    },
  };
}
