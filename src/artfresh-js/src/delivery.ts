import { type Answer, ArtFreshError, type Call, isTransient } from "./call.js";
import { createHiddenPost } from "./hiddenPost.js";
import type { Batch, Journal } from "./journal.js";
import type { Log } from "./log.js";
import { countsOf, postBatch, postSingles } from "./post.js";
import { retryDelayMs } from "./retry.js";
import type { Session } from "./session.js";
import type { Stats } from "./stats.js";
import { type BatchAnswer, batchArtworksMax, type Reason, type SessionInfo, type Transport } from "./wire.js";

/** How long a server that has no batch endpoint is spared the question. */
const singleMs = 60_000;

/** Brings the journal's impressions to the server, one request at a time. */
export interface Delivery {
  /** Sends all that the journal has. Resolves when it is answered for, or when a try failed and is put off; never rejects. */
  flush(reason: Reason): Promise<void>;
  /** Goes on with batches made before, and makes no new ones. */
  resume(): void;
  /** Something was appended: it leaves when enough has gathered, or after a while. */
  appended(): void;
  /** The page hides: all that is unsent goes in ways that outlive it, and stays in the journal until an answer covers it. */
  hide(): void;
  /** The page is back: what went while it hid, and was never answered, goes again. */
  show(): void;
  /** Impressions that wait in the journal for the next visit. */
  readonly parked: number;
  stop(): void;
}

export interface DeliveryParts {
  call: Call;
  journal: Journal;
  session: Session;
  baseUrl: string;
  flushDelay: number;
  flushSize: number;
  log: Log;
  random: () => number;
  stats: Stats;
  /** Flickers skipped since it was last asked. */
  takeSkipped: () => number;
}

type Timer = ReturnType<typeof setTimeout>;

export function createDelivery(parts: DeliveryParts): Delivery {
  const { call, journal, session, baseUrl, flushDelay, flushSize, log, random, stats, takeSkipped } = parts;
  let flight: Promise<void> | undefined;
  let due: Reason | undefined;
  let gatherTimer: Timer | undefined;
  let sizeTimer: Timer | undefined;
  let retryTimer: Timer | undefined;
  let notBeforeMs = 0;
  let singleUntilMs = 0;
  let failures = 0;
  let signedInAgain = false;
  let stopped = false;
  /** Refused for good, or of a session that is not known: they wait in the journal for the next visit. */
  const parked = new Set<Batch>();
  /** Handed to the browser while the page hid. */
  const entrusted = new Set<Batch>();

  const isSingle = (open: SessionInfo) => open.delivery === "single" || Date.now() < singleUntilMs;
  const waiting = () => journal.unsent().filter((batch) => !parked.has(batch) && !entrusted.has(batch));

  const count = (batches: Batch[]) => batches.reduce((sum, batch) => sum + batch.artworkIds.length, 0);

  const stopGathering = () => {
    clearTimeout(gatherTimer);
    clearTimeout(sizeTimer);
    gatherTimer = sizeTimer = undefined;
  };

  const sealAll = (reason: Reason, open: SessionInfo) => {
    const limit = Math.min(open.batchLimit, batchArtworksMax);
    while (journal.open) journal.seal(limit, reason, takeSkipped());
  };

  const next = (open: SessionInfo): Batch | undefined => {
    // What could not be sent before goes first, so that a long failure does not end in a pile of small batches.
    if (!waiting().length && due) {
      sealAll(due, open);
      due = undefined;
    }
    return waiting()[0];
  };

  const tell = (batch: Batch, transport: Transport, counts?: BatchAnswer) => {
    const { batchId, reason, attempts, artworkIds } = batch;
    const detail = { count: artworkIds.length, reason, transport, attempts, batchId, ...counts };
    log(`[Impressions] flushed ${artworkIds.length} (${reason}, ${transport})`, detail);
    if (counts?.repeats)
      log(`[Impressions] ${counts.repeats} REPEATS: artworks that the listener had before`, detail, "error");
    if (counts?.unknown.length)
      log(`[Impressions] ${counts.unknown.length} artworks do not exist`, detail, "error");
  };

  const cover = (batch: Batch, counts: BatchAnswer, transport: Transport) => {
    failures = notBeforeMs = 0;
    signedInAgain = false;
    entrusted.delete(batch);
    stats.duplicates += counts.duplicates;
    stats.repeats += counts.repeats;
    if (journal.acknowledge(batch)) stats.delivered += batch.artworkIds.length;
    tell(batch, transport, counts);
  };

  const park = (batches: Batch[], why: string, detail: object) => {
    for (const batch of batches) parked.add(batch);
    log(`[Impressions] ${count(batches)} not delivered, kept for the next visit: ${why}`, detail, "error");
  };

  /** Always false: this flight is over. */
  const putOff = (why: { status?: number; code?: string | undefined }, retryAfterMs?: number): false => {
    const delayMs = retryDelayMs(++failures, random, retryAfterMs);
    signedInAgain = false;
    if (retryAfterMs !== undefined) notBeforeMs = Date.now() + delayMs;
    if (!stopped) retryTimer = setTimeout(retry, delayMs);
    log(`[Impressions] trying again in ${Math.round(delayMs)} ms`, {
      status: why.status,
      code: why.code,
      failures,
    });
    return false;
  };

  const signInAgain = async (answer: Answer, open: SessionInfo): Promise<boolean> => {
    // Refused again straight after signing in: more haste would only go round in circles.
    const listenerId = signedInAgain ? undefined : await session.signIn();
    if (!listenerId) return putOff(answer, answer.retryAfterMs);
    signedInAgain = true;
    if (listenerId !== open.listenerId) session.leave(open.sessionId);
    return true;
  };

  const giveUpSession = (batch: Batch, detail: object): true => {
    const { sessionId } = batch;
    session.leave(sessionId);
    const lost = waiting().filter((other) => other.sessionId === sessionId);
    park(lost, `the server does not know session ${sessionId}`, detail);
    return true;
  };

  /** False when it is to be tried again later. */
  const send = async (batch: Batch, open: SessionInfo): Promise<boolean> => {
    const single = isSingle(open);
    batch.attempts++;
    journal.save(batch);
    const answer = await (single ? postSingles : postBatch)(call, batch);
    const { status, code, body } = answer;
    const counts = countsOf(answer);
    const detail = { status, code, batchId: batch.batchId, body };
    if (counts) cover(batch, counts, "fetch");
    else if (status === 401) return signInAgain(answer, open);
    else if (code === "session_not_found") return giveUpSession(batch, detail);
    else if (!single && [404, 405, 410].includes(status)) {
      singleUntilMs = Date.now() + singleMs;
      log("[Impressions] no batch endpoint: one request an impression", detail);
    } else if (status === 413 && !single && batch.artworkIds.length > 1) journal.split(batch);
    else if (isTransient(answer) || status < 300) return putOff(answer, answer.retryAfterMs);
    else park([batch], `the server answered ${status} ${code ?? ""}`, detail);
    return true;
  };

  const fly = async () => {
    try {
      for (;;) {
        const open = await session.ready();
        const batch = stopped ? undefined : next(open);
        if (!batch || !(await send(batch, open))) return;
      }
    } catch (error) {
      putOff(error instanceof ArtFreshError ? error : {});
    } finally {
      // Here and not in a continuation: a flush between the two would join a flight that is over.
      flight = undefined;
    }
  };

  const run = (): Promise<void> => {
    if (stopped || retryTimer || !journal.size) return flight ?? Promise.resolve();
    flight ??= fly();
    return flight;
  };

  const retry = () => {
    clearTimeout(retryTimer);
    retryTimer = undefined;
    void run();
  };

  const entrust = (batch: Batch, post: ReturnType<typeof createHiddenPost>, single: boolean): boolean => {
    batch.attempts++;
    const sent = post(batch, single);
    if (!sent) {
      batch.attempts--;
      return false;
    }
    entrusted.add(batch);
    journal.save(batch);
    if (sent.transport === "beacon") tell(batch, "beacon");
    void sent.answer?.then((answer) => {
      const counts = countsOf(answer);
      if (counts) cover(batch, counts, sent.transport);
      else entrusted.delete(batch);
    });
    return true;
  };

  const flush = (reason: Reason): Promise<void> => {
    if (journal.open) due = reason;
    stopGathering();
    if (reason === "manual" && Date.now() >= notBeforeMs) {
      clearTimeout(retryTimer);
      retryTimer = undefined;
    }
    return run();
  };

  return {
    flush,

    resume: () => void run(),

    appended() {
      if (stopped) return;
      if (journal.open < flushSize) gatherTimer ??= setTimeout(flush, flushDelay, "timer");
      // Not at once: what one loop records leaves together.
      else sizeTimer ??= setTimeout(flush, 0, "size");
    },

    hide() {
      const open = session.current;
      if (!open || stopped) return;
      stopGathering();
      due = undefined;
      sealAll("hidden", open);
      const post = createHiddenPost(baseUrl, call, stats, open.token);
      const single = isSingle(open);
      for (const batch of waiting())
        if (batch.sessionId === open.sessionId && !entrust(batch, post, single)) break;
    },

    show() {
      for (const batch of entrusted) batch.reason = "replay";
      entrusted.clear();
      void run();
    },

    get parked() {
      return count(journal.unsent().filter((batch) => parked.has(batch)));
    },

    stop() {
      stopped = true;
      stopGathering();
      clearTimeout(retryTimer);
    },
  };
}
