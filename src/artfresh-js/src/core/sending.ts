import { type Batch, countOf, type ReportCounts } from "./batch.js";
import { type Answer, type ArtFreshError, type Call, isTransient } from "./call.js";
import { pause, retryDelayMs } from "./insist.js";
import type { Keep } from "./keep.js";
import type { Outbox } from "./outbox.js";
import { requestsOf } from "./requestsOf.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import type { BatchAnswer, Reason, SessionInfo, Transport } from "./wire.js";

/** How long single impressions are sent to a server without the batch endpoint before batches are tried again. */
const singleMs = 60_000;

/** Doublings with which the backoff starts if impressions outlive the page: up to 8 s instead of 1 s. */
const journaledDoublings = 3;

/** Sends the outbox's batches to the server, one request at a time. */
export interface Sending {
  /** Seals and sends all batches of the outbox. Resolves when they are answered, or when a try failed and will be repeated. Never rejects. */
  flush(reason: Reason): Promise<void>;
  /** Sends the sealed batches. */
  resume(): Promise<void>;
  /** Call it when an impression was appended. Flushes when `size` impressions have gathered, or after `delayMs`. */
  appended(size: number, delayMs: number): void;
  stop(): void;
  isStopped(): boolean;

  /** Whether impressions are sent to the single endpoint at present. */
  isSingle(open: SessionInfo): boolean;
  /** Whether the page lets the batch be sent; if not, it is dropped. */
  mayLeave(batch: Batch): boolean;
  /** Seals the gathering batches, with the report's counts. */
  seal(reason: Reason): void;
  /** The requests (path, body) of a batch. */
  requests(batch: Batch, transport: Transport, single: boolean): [string, object][];
  /** Counts a try that sends this many impressions, and saves the count before the try. */
  attempt(batch: Batch, impressions: number): void;
  /** Removes the impressions that an answer covers from the outbox; false if the answer is not the server's answer to impressions. */
  isTaken(batch: Batch, answer: Answer): boolean;
  /** Call it when an answer covers the batch. */
  acknowledge(batch: Batch, transport: Transport): void;
  /** Handles the answer of a failed try: retries, splits the batch or parks it. */
  recover(batch: Batch, single: boolean, answer: Answer): void;
  /** Logs that a batch was sent. */
  logSent(batch: Batch, transport: Transport): void;
  /** Logs a line with the batch, without secrets: session-replay tools record consoles. */
  note(line: string, batch: Batch, more: object): void;
}

/**
 * @param keep Makes batches outlive the page; undefined until it is loaded.
 */
export function createSending(
  { log, random, emit, beforeSend }: Settings,
  counts: Counts,
  call: Call,
  outbox: Outbox,
  session: Session,
  keep: () => Keep | undefined,
): Sending {
  let flight: Promise<void> | undefined;
  let due: Reason | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gatheringMs = 0;
  let isPutOff = false;
  let stopped = false;
  let singleUntilMs = 0;
  let failures = 0;
  let reported: ReportCounts = { skipped: 0, dropped: 0 };

  const isSingle = (open: SessionInfo) => open.delivery === "single" || performance.now() < singleUntilMs;
  const gathered = () => countOf(outbox.in("gathering"));

  const seal = (reason: Reason) => {
    const { skipped } = counts;
    const dropped = counts.dropped - counts.gaps;
    const news = { skipped: skipped - reported.skipped, dropped: dropped - reported.dropped };
    if (outbox.seal(reason, news)) reported = { skipped, dropped };
    due = undefined;
  };

  const note: Sending["note"] = (line, { token, listenerId, ...batch }, more) =>
    log(`[Impressions] ${line}`, { ...batch, ...more });

  const logSent = (batch: Batch, transport: Transport) => {
    const count = countOf([batch]);
    note(`flushed ${count} (${batch.reason}, ${transport})`, batch, { count, transport });
  };

  const isTaken = (batch: Batch, answer: Answer): boolean => {
    const said = answer.body as BatchAnswer | undefined;
    if (said?.recorded === undefined) return false;
    outbox.cover(batch, said);
    return true;
  };

  const acknowledge = (batch: Batch, transport: Transport) => {
    outbox.replace(batch);
    keep()?.settle();
    logSent(batch, transport);
    emit("delivered", { count: countOf([batch]), transport });
  };

  const putOff = ({ status, retryAfterMs }: Answer) => {
    // Impressions in the journal can wait, and each try at a server that is down wastes a request.
    const more = status || counts.journal === "memory" ? 0 : journaledDoublings;
    const delayMs = retryDelayMs(++failures + more, random, retryAfterMs);
    isPutOff = true;
    void pause(delayMs).then(() => {
      isPutOff = false;
      return resume();
    });
    log(`[Impressions] ${status || "no answer"}; retry in ${Math.round(delayMs)} ms`);
  };

  const recover = (batch: Batch, single: boolean, answer: Answer) => {
    const { status } = answer;
    if (status === 401) session.leave();
    // Without an answer the batch may have arrived.
    if (!status) batch.probe = true;
    outbox.move(batch, "sealed");
    const known = keep();
    // Without the code that knows what else to do, it is sent again.
    if (isTransient(answer) || !known) putOff(answer);
    else known.refuse(batch, single, answer, goSingle);
  };

  const goSingle = () => {
    singleUntilMs = performance.now() + singleMs;
  };

  const requests = (batch: Batch, transport: Transport, single: boolean) =>
    requestsOf(batch, { transport, journal: counts.journal, single });

  const attempt = (batch: Batch, impressions: number) => {
    if (batch.attempts++) counts.resent += impressions;
    void outbox.save(batch);
  };

  const send = async (batch: Batch, single: boolean) => {
    const isProbe = batch.probe && !single && countOf([batch]) > 1;
    outbox.move(batch, "flying");
    attempt(batch, isProbe ? 1 : countOf([batch]) - batch.answered);
    for (const [path, body] of requests(batch, "fetch", single)) {
      const answer = await (keep()?.call ?? call)(path, body);
      if (!isTaken(batch, answer)) return recover(batch, single, answer);
      if (!isProbe) batch.answered++;
    }
    failures = 0;
    if (isProbe && batch.state !== "answered") {
      batch.probe = false;
      outbox.move(batch, "sealed");
      keep()?.join(batch);
      return;
    }
    acknowledge(batch, "fetch");
  };

  const mayLeave = (batch: Batch): boolean => {
    const { sessionId, impressions } = batch;
    const artworkIds = impressions.map(({ artworkId }) => artworkId);
    const displayedAtMs = impressions.map((impression) => impression.displayedAtMs);
    if (beforeSend?.({ sessionId, artworkIds, displayedAtMs }) !== false) return true;
    outbox.replace(batch);
    outbox.drop(countOf([batch]), "beforeSend");
    return false;
  };

  const fly = async () => {
    try {
      while (!isPutOff) {
        const open = await session.ready();
        // Earlier unsent impressions go first, so that a long failure does not cause many small batches.
        due = gathered() ? due : undefined;
        if (due && !outbox.next()) seal(due);
        const batch = outbox.next();
        if (!batch) return;
        if (mayLeave(batch)) await send(batch, isSingle(open));
      }
    } catch (error) {
      putOff(error as ArtFreshError);
    } finally {
      // Not in a continuation, because a flush in between would join a flight that is over.
      flight = undefined;
    }
  };

  const resume = (): Promise<void> => {
    if (!flight && !stopped && !isPutOff && outbox.batches.length) flight = fly();
    return flight ?? Promise.resolve();
  };

  const flush = (reason: Reason): Promise<void> => {
    if (gathered()) due = reason;
    clearTimeout(timer);
    timer = undefined;
    return resume();
  };

  return {
    isSingle,
    mayLeave,
    requests,
    seal,
    attempt,
    isTaken,
    acknowledge,
    recover,
    logSent,
    note,
    flush,
    resume,

    appended(size, delayMs) {
      if (!timer) gatheringMs = Date.now();
      timer ??= setTimeout(flush, delayMs, "timer");
      // Sealed after an await, so that impressions of one turn of the event loop are sent together.
      if (gathered() === size) void flush("size");
      // Timers stop in sleeping pages, so each new impression checks the clock.
      else if (Date.now() - gatheringMs >= delayMs) void flush("timer");
    },

    isStopped: () => stopped,
    stop() {
      stopped = true;
    },
  };
}
