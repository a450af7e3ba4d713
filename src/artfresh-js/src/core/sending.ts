import type { Keep } from "../durable/keep.js";
import { type Answer, type ArtFreshError, type Call, isTransient } from "./call.js";
import { pause, retryDelayMs } from "./insist.js";
import { type Batch, countOf, type Journal, type Told } from "./outbox.js";
import { requestsOf } from "./requestsOf.js";
import type { Session } from "./session.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import { uuid } from "./uuid.js";
import type { BatchAnswer, Reason, SessionInfo, Transport } from "./wire.js";

/** How long a server that has no batch endpoint is spared the question. */
const singleMs = 60_000;

/** By how many doublings the backoff begins higher where impressions outlive the page: at up to 8 s and not 1 s. */
const journaledDoublings = 3;

/** Brings the journal's impressions to the server, one request at a time. */
export interface Delivery {
  /** Sends all that the journal has. Resolves when it is answered for, or when a try failed and is put off; never rejects. */
  flush(reason: Reason): Promise<void>;
  /** Goes on with batches made before, and makes no new ones. */
  resume(): Promise<void>;
  /** Something was appended: it leaves when so many have gathered, or after a while. */
  appended(size: number, delayMs: number): void;
  stop(): void;
  isStopped(): boolean;

  /**
   * Batches not to be sent now. True: handed to the browser while the page hid, until it is answered for or the page is back. False:
   * refused for good, or of a session that is not known, until the next visit.
   */
  readonly held: Map<Batch, boolean>;
  /** The batch that is under way. */
  flying(): Batch | undefined;
  /** Whether impressions go one a request now. */
  isSingle(open: SessionInfo): boolean;
  /** Makes what is appended so far ready to be sent. */
  seal(reason: Reason): void;
  /** The requests (path, body) that bring a batch to the server. */
  requests(batch: Batch, transport: Transport, single: boolean): [string, object][];
  /** Counts a try that sends so many impressions, and writes it down before it is made. */
  attempt(batch: Batch, impressions: number): void;
  /** Adds up what an answer says, and forgets what it covers; false for one that is no answer of the server's to impressions. */
  isTaken(batch: Batch, answer: Answer): boolean;
  /** An answer covers the batch. */
  acknowledge(batch: Batch): void;
  /** Does what an answer asks for that was no success. */
  recover(batch: Batch, single: boolean, answer: Answer): void;
  tell(batch: Batch, transport: Transport, answer?: Answer): void;
}

/** @param keep What makes batches outlive the page, once it is loaded. */
export function createDelivery(
  { log, random }: Settings,
  counts: Counts,
  call: Call,
  journal: Journal,
  session: Session,
  keep: () => Keep | undefined,
): Delivery {
  let flight: Promise<void> | undefined;
  let flying: Batch | undefined;
  let due: Reason | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let gatheringMs = 0;
  let isPutOff = false;
  let stopped = false;
  let singleUntilMs = 0;
  let failures = 0;
  let told: Told = { skipped: 0, dropped: 0 };
  const held = new Map<Batch, boolean>();

  const isSingle = (open: SessionInfo) => open.delivery === "single" || Date.now() < singleUntilMs;
  const waiting = () => journal.unsent().filter((batch) => !held.has(batch));

  const seal = (reason: Reason) => {
    const { skipped } = counts;
    const dropped = counts.dropped - counts.gaps;
    const news = { skipped: skipped - told.skipped, dropped: dropped - told.dropped };
    if (journal.seal(reason, news)) told = { skipped, dropped };
    due = undefined;
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

  const isTaken = (batch: Batch, answer: Answer): boolean => {
    const said = answer.body as BatchAnswer | undefined;
    if (said?.recorded === undefined) return false;
    counts.duplicates += said.duplicates;
    counts.repeats += said.repeats;
    if (said.repeats) log(`[Impressions] ${said.repeats} REPEATS`, said);
    const isCovered = ({ sessionId, firstNumber, impressions }: Batch) =>
      sessionId === batch.sessionId && firstNumber + impressions.length - 1 <= said.highWater;
    for (const covered of journal.batches.filter(isCovered)) journal.replace(covered);
    return true;
  };

  const acknowledge = (batch: Batch) => {
    journal.replace(batch);
    held.delete(batch);
    keep()?.settle();
  };

  const putOff = (why: Answer) => {
    // Nobody answers, and what is written down can wait: each try at a server that is away is a call to no use.
    const more = why.status || counts.journal === "memory" ? 0 : journaledDoublings;
    const delayMs = retryDelayMs(++failures + more, random, why.retryAfterMs);
    isPutOff = true;
    void pause(delayMs).then(() => {
      isPutOff = false;
      return resume();
    });
    log("[Impressions] retry", why);
  };

  const recover = (batch: Batch, single: boolean, answer: Answer) => {
    const { status, code } = answer;
    const halves = countOf([batch]) > 1 && keep()?.halvesOf(batch, uuid);
    const isLost = code === "session_not_found";
    if (isLost) session.leave(batch.sessionId);
    if (status === 401) session.leave();
    // Without an answer nobody knows whether it arrived.
    if (!status) batch.probe = true;
    if (isTransient(answer)) putOff(answer);
    else if (!isLost && !single && [404, 405, 410].includes(status)) {
      singleUntilMs = Date.now() + singleMs;
      log("[Impressions] no batches", answer);
    } else if (status === 413 && !single && halves) journal.replace(batch, ...halves);
    else {
      held.set(batch, false);
      log("[Impressions] refused", { ...batch, answer });
    }
  };

  const requests = (batch: Batch, transport: Transport, single: boolean) =>
    requestsOf(batch, { transport, journal: counts.journal, single });

  const attempt = (batch: Batch, bodies: number) => {
    if (batch.attempts++) counts.resent += bodies;
    void journal.save(batch);
  };

  const send = async (batch: Batch, single: boolean) => {
    let answer: Answer = { status: 0 };
    const isProbe = batch.probe && !single && countOf([batch]) > 1;
    attempt(batch, isProbe ? 1 : countOf([batch]) - batch.answered);
    for (const [path, body] of requests(batch, "fetch", single)) {
      answer = await (keep()?.call ?? call)(path, body);
      if (!isTaken(batch, answer)) return recover(batch, single, answer);
      if (!isProbe) batch.answered++;
    }
    failures = 0;
    if (isProbe && journal.batches.includes(batch)) {
      batch.probe = false;
      keep()?.join(batch);
      return;
    }
    acknowledge(batch);
    tell(batch, "fetch", answer);
  };

  const fly = async () => {
    try {
      while (!isPutOff) {
        const open = await session.ready();
        // What could not be sent before goes first, so that a long failure does not end in a pile of small batches.
        due = journal.open() ? due : undefined;
        if (due && !waiting().length) seal(due);
        [flying] = waiting();
        if (!flying) return;
        await send(flying, isSingle(open));
      }
    } catch (error) {
      putOff(error as ArtFreshError);
    } finally {
      // Here and not in a continuation: a flush between the two would join a flight that is over.
      flight = flying = undefined;
    }
  };

  const resume = (): Promise<void> => {
    if (!flight && !stopped && !isPutOff && journal.batches.length) flight = fly();
    return flight ?? Promise.resolve();
  };

  const flush = (reason: Reason): Promise<void> => {
    if (journal.open()) due = reason;
    clearTimeout(gathering);
    gathering = undefined;
    return resume();
  };

  return {
    held,
    isSingle,
    requests,
    seal,
    attempt,
    isTaken,
    acknowledge,
    recover,
    tell,
    flush,
    resume,
    flying: () => flying,

    appended(size, delayMs) {
      if (!gathering) gatheringMs = Date.now();
      gathering ??= setTimeout(flush, delayMs, "timer");
      // Batches are made after an await, so what one loop records leaves together.
      if (journal.open() === size) void flush("size");
      // Timers stand still in pages that sleep: art that changes looks at the clock.
      else if (Date.now() - gatheringMs >= delayMs) void flush("timer");
    },

    isStopped: () => stopped,
    stop() {
      stopped = true;
    },
  };
}
