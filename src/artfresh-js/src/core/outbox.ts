import { type Batch, type BatchState, countOf, type Impression, type Told } from "./batch.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import { uuid } from "./uuid.js";
import { type Arrived, type BatchAnswer, batchArtworksMax, type Reason } from "./wire.js";

/** A day and more of art every 10 s: about a megabyte. */
const impressionsMax = 10_000;

/** Whose impressions are recorded, and how many fit a batch. */
export interface Sitting {
  sessionId: string;
  listenerId: string;
  token?: string | undefined;
  batchLimit: number;
}

/** Writes to the journal, which outlives the page. Resolves when it is written; never rejects. */
export type Write = (puts: Batch[], removes: Batch[]) => Promise<void>;

/**
 * Every impression that no answer has covered, in batches that each have one state. Sending and parting are the two ways out.
 * Nothing leaves but by an answer, by `replace`, or because the outbox is full, which is counted and logged.
 */
export interface Outbox {
  /**
   * What is appended from now on belongs to this session; without one, to the session that begins next. Batches that still gather come
   * along, numbered anew, unless they are of a session that ended or of another listener: those are sealed, and logged where they
   * have no token, because then they cannot be sent.
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
  /** Seals what gathers. The first sealed batch carries the report. False where nothing gathers. */
  seal(reason: Reason, told: Told): boolean;
  /** Moves a batch to a state, unless it has been answered meanwhile. */
  move(batch: Batch, state: Exclude<BatchState, "gathering" | "answered">): void;
  /** Writes to the journal what changed in a batch. Resolves when it is written. */
  save(batch: Batch): Promise<void>;
  /** The batch is answered, or others take its place. */
  replace(batch: Batch, ...by: Batch[]): void;
  /** Forgets every batch that the answer covers, and counts what it says. */
  cover(batch: Batch, said: BatchAnswer): void;
  /** Impressions in these batches. */
  count(batches: Batch[]): number;
  /** Of these batches, those that impressions 1 to `highWater` of a session contain. */
  covered(batches: Batch[], arrived: Arrived): Batch[];
  /** Impressions that still fit. */
  room(): number;
  /** Counts impressions that are given up, and logs them. */
  drop(count: number, why: string): void;
  /** Whether it is the present listener's, or has a token. */
  isDeliverable(batch: Batch): boolean;
}

/** @param journal Gives what writes to the journal, once that is loaded; undefined where it could not be. */
export function createOutbox(
  { log }: Settings,
  counts: Counts,
  journal: () => Write | Promise<Write | undefined>,
): Outbox {
  const batches: Batch[] = [];
  const changed = new Set<Batch>();
  const gone = new Set<Batch>();
  let written: Promise<void> | undefined;
  let sitting: Sitting | undefined;
  let number = 1;

  const inStates = (...states: BatchState[]) => batches.filter(({ state }) => states.includes(state));

  const covered: Outbox["covered"] = (some, { sessionId, highWater }) =>
    some.filter(
      (batch) =>
        batch.sessionId === sessionId && batch.firstNumber + batch.impressions.length - 1 <= highWater,
    );

  const isDeliverable = ({ token, listenerId }: Batch) => !!token || listenerId === sitting?.listenerId;

  /** What one loop records is written in one go, before any picture can change. */
  const commit = async () => {
    const write = await journal();
    // Without a session it could not be delivered by the next page.
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
    batch.state = "answered";
    batches.splice(batches.indexOf(batch), 1, ...by);
    changed.delete(batch);
    gone.add(batch);
    [batch, ...by].map(save);
  };

  const drop = (count: number, why: string) => {
    counts.dropped += count;
    log(`[Impressions] dropped ${count}: ${why}`);
  };

  const append: Outbox["append"] = (impression) => {
    let last = inStates("gathering").pop();
    if (!last || last.impressions.length >= (sitting?.batchLimit ?? batchArtworksMax)) {
      last = {
        state: "gathering",
        sessionId: sitting?.sessionId,
        listenerId: sitting?.listenerId,
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
    covered,
    next: () => inStates("sealed").find(isDeliverable),
    room: () => impressionsMax - countOf(batches),
    replace,
    isDeliverable,

    move(batch, state) {
      if (batch.state !== "answered") batch.state = state;
    },

    seal(reason, told) {
      // A batch without a session gets one when it begins.
      const sealed = sitting ? inStates("gathering") : [];
      for (const batch of sealed) {
        Object.assign(batch, told, { reason, state: "sealed" });
        told = { skipped: 0, dropped: 0 };
      }
      return sealed.length > 0;
    },

    cover(batch, { duplicates, repeats, unknown, unserved, highWater }) {
      counts.duplicates += duplicates;
      counts.repeats += repeats;
      if (repeats) log(`[Impressions] ${repeats} REPEATS`);
      // Answered twice (a retry, a beacon beside its fetch), it is counted once; a probe that was in vain asks for the batch again.
      const isFirst = batch.state !== "answered";
      for (const one of covered(batches, { sessionId: batch.sessionId as string, highWater })) replace(one);
      const isWhole = !batch.probe || (batch.state as BatchState) === "answered";
      const strange = (unknown?.length ?? 0) + (unserved ?? 0);
      if (!strange || !isFirst || !isWhole) return;
      counts.rejected += strange;
      log(`[Impressions] ${strange} not recorded: unknown to the server, or never served to this listener`);
    },

    begin(session) {
      const moving = inStates("gathering").filter(
        (batch) => !batch.sessionId || batch.listenerId === session?.listenerId,
      );
      for (const batch of moving) replace(batch);
      this.seal("replay", { skipped: 0, dropped: 0 });
      sitting = session;
      number = 1;
      moving.flatMap((batch) => batch.impressions).forEach(append);
      const foreign = countOf(batches.filter((batch) => !isDeliverable(batch)));
      if (session && foreign) log(`[Impressions] undeliverable ${foreign}`);
    },
  };
}
