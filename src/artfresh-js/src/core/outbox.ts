import { type Batch, type BatchState, countOf, type Impression, type ReportCounts } from "./batch.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import { uuid } from "./uuid.js";
import { type Arrived, type BatchAnswer, batchArtworksMax, type Reason } from "./wire.js";

/** Over a day of an artwork every 10 s: about a megabyte. */
const impressionsMax = 10_000;

/** The session of the recorded impressions, and the size of its batches. */
export interface Sitting {
  sessionId: string;
  listenerId: string;
  token?: string | undefined;
  batchLimit: number;
}

/** Writes to the journal, which outlives the page. Resolves when written; never rejects. */
export type Write = (puts: Batch[], removes: Batch[]) => Promise<void>;

/**
 * Holds every impression that no answer has covered, in batches. `Sending` and `Parting` send them. A batch leaves only by an
 * answer, by `replace`, or because the outbox is full, which is counted and logged.
 */
export interface Outbox {
  /**
   * Begins a session, to which later impressions belong; without an argument they wait for the listener's next session. Gathering batches move
   * to the new session under new numbers, except those of an ended session or of another listener: these are sealed, and logged if they have
   * no token, because then they cannot be sent.
   */
  begin(session?: Sitting): void;
  /** Numbers the impression, from 1 in each session. Resolves when it is in the journal. */
  append(impression: Impression): Promise<void>;
  /** All batches, oldest first. */
  readonly batches: Batch[];
  /** Batches in these states, oldest first. */
  in(...states: BatchState[]): Batch[];
  /** The oldest sealed batch that can be delivered. */
  next(): Batch | undefined;
  /** Seals the gathering batches; the first one carries the report. False if none was gathering. */
  seal(reason: Reason, reported: ReportCounts): boolean;
  /** Moves a batch to a state, unless it has been answered. */
  move(batch: Batch, state: Exclude<BatchState, "gathering" | "answered">): void;
  /** Writes a changed batch to the journal. Resolves when written. */
  save(batch: Batch): Promise<void>;
  /** Removes a batch that is answered, or replaces it by others. */
  replace(batch: Batch, ...by: Batch[]): void;
  /** Removes every batch that an answer covers, and counts the answer. */
  cover(batch: Batch, said: BatchAnswer): void;
  /** Number of unanswered impressions in these batches. */
  count(batches: Batch[]): number;
  /** How many impressions were numbered in the current session. */
  numbered(): number;
  /** The batches whose impressions are all among 1 to `highWater` of a session. */
  covered(batches: Batch[], arrived: Arrived): Batch[];
  /** Number of impressions that still fit. */
  room(): number;
  /** Counts and logs dropped impressions. */
  drop(count: number, why: string): void;
  /** Whether the batch belongs to the current listener, or has a token. */
  isDeliverable(batch: Batch): boolean;
}

const enter = (batch: Batch, state: BatchState) => Object.assign(batch, { state });

/** @param journal Resolves to the journal's write function once it is loaded; to undefined if loading failed. */
export function createOutbox(
  { log, emit }: Settings,
  counts: Counts,
  journal: () => Write | Promise<Write | undefined>,
): Outbox {
  const batches: Batch[] = [];
  const changed = new Set<Batch>();
  const gone = new Set<Batch>();
  let written: Promise<void> | undefined;
  let sitting: Sitting | undefined;
  let listenerId: string | undefined;
  let number = 1;

  const inStates = (...states: BatchState[]) => batches.filter(({ state }) => states.includes(state));

  const covered: Outbox["covered"] = (some, { sessionId, highWater }) =>
    some.filter(
      (batch) =>
        batch.sessionId === sessionId && batch.firstNumber + batch.impressions.length - 1 <= highWater,
    );

  const isDeliverable = ({ token, listenerId }: Batch) => !!token || listenerId === sitting?.listenerId;

  /** Writes all impressions of one turn of the event loop at once, before any picture can change. */
  const commit = async () => {
    const write = await journal();
    // The next page could not deliver a batch without a session.
    const puts = [...changed].filter((batch) => batch.sessionId);
    const removes = [...gone];
    written = undefined;
    changed.clear();
    gone.clear();
    await write?.(puts, removes);
  };

  const save = (batch: Batch) => {
    if (batches.includes(batch)) changed.add(batch);
    written ??= commit();
    return written;
  };

  const replace = (batch: Batch, ...by: Batch[]) => {
    if (!batches.includes(batch)) return;
    enter(batch, "answered");
    batches.splice(batches.indexOf(batch), 1, ...by);
    changed.delete(batch);
    gone.add(batch);
    [batch, ...by].map(save);
  };

  const drop = (count: number, why: string) => {
    counts.dropped += count;
    log(`[Impressions] dropped ${count}: ${why}`);
    if (count) emit("lost", { count, why });
  };

  const append: Outbox["append"] = (impression) => {
    let last = inStates("gathering").pop();
    if (!last || last.impressions.length >= (sitting?.batchLimit ?? batchArtworksMax)) {
      last = {
        state: "gathering",
        sessionId: sitting?.sessionId,
        listenerId,
        token: sitting?.token,
        batchId: uuid(),
        firstNumber: number,
        impressions: [],
        skipped: 0,
        dropped: 0,
        attempts: 0,
        answered: 0,
      };
      batches.push(last);
    }
    number++;
    last.impressions.push(impression);
    if (countOf(batches) > impressionsMax) {
      const oldest = batches[0] as Batch;
      const count = countOf([oldest]);
      replace(oldest);
      if (oldest.sessionId === sitting?.sessionId) counts.gaps += count;
      drop(count, "the journal is full");
    }
    return save(last);
  };

  return {
    append,
    batches,
    save,
    drop,
    in: inStates,
    count: countOf,
    numbered: () => number - 1,
    covered,
    next: () => inStates("sealed").find(isDeliverable),
    room: () => impressionsMax - countOf(batches),
    replace,
    isDeliverable,

    move(batch, state) {
      if (batch.state !== "answered") enter(batch, state);
    },

    seal(reason, reported) {
      // A batch without a session stays open until a session begins.
      const sealed = sitting ? inStates("gathering") : [];
      for (const batch of sealed) {
        Object.assign(batch, reported, { reason });
        enter(batch, "sealed");
        reported = { skipped: 0, dropped: 0 };
      }
      return sealed.length > 0;
    },

    cover(batch, { duplicates, repeats, revisits = 0, unknown, unserved, highWater }) {
      counts.duplicates += duplicates;
      counts.repeats += repeats;
      counts.revisits += revisits;
      if (repeats) log(`[Impressions] ${repeats} REPEATS`);
      // A batch that is answered twice (a retry, a beacon beside its fetch) is counted once. A probe that found nothing has the batch sent again.
      const isFirst = batch.state !== "answered";
      for (const one of covered(batches, { sessionId: batch.sessionId as string, highWater })) replace(one);
      const isWhole = !batch.probe || (batch.state as BatchState) === "answered";
      const strange = (unknown?.length ?? 0) + (unserved ?? 0);
      if (!strange || !isFirst || !isWhole) return;
      counts.rejected += strange;
      log(`[Impressions] ${strange} not recorded: unknown or never served`);
    },

    begin(session) {
      const isOwn = (batch: Batch) => batch.listenerId === session?.listenerId;
      const moving = batches.filter((batch) =>
        batch.sessionId
          ? batch.state === "gathering" && isOwn(batch)
          : !session || !batch.listenerId || isOwn(batch),
      );
      for (const batch of moving) replace(batch);
      sitting ??= session;
      this.seal("replay", { skipped: 0, dropped: 0 });
      sitting = session;
      listenerId = session?.listenerId ?? listenerId;
      number = 1;
      moving.flatMap((batch) => batch.impressions).forEach(append);
      const foreign = countOf(batches.filter((batch) => !isDeliverable(batch)));
      if (session && foreign) log(`[Impressions] undeliverable ${foreign}`);
    },
  };
}
