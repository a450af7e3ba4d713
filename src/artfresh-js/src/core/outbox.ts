import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import { uuid } from "./uuid.js";
import { batchArtworksMax, type Reason } from "./wire.js";

/** A day and more of art every 10 s: about a megabyte. */
const impressionsMax = 10_000;

/** An artwork was on screen. */
export interface Impression {
  /** Negative for what the page made itself: its id comes with its arrival. */
  artworkId: number;
  /** Of what the page made itself. */
  genome?: string | null | undefined;
  /** Milliseconds since the Unix epoch. */
  displayedAtMs: number;
  /** Milliseconds from asking for it to its being on screen. */
  displayMs?: number | undefined;
}

/** What a batch tells beside its impressions, of the time since the batch before it. */
export interface Told {
  /** Flickers skipped. */
  skipped: number;
  /** Impressions given up, because the journal was full or they were too old, whose numbers are followed by none. */
  dropped: number;
}

/** Impressions of one session that travel together. Once sealed, they, their numbers and the batch's id stay as they are over every retry. */
export interface Batch extends Told {
  sessionId?: string | undefined;
  listenerId?: string | undefined;
  /** Stands in for the sign-in: a browser that is killed may forget whose it was, and the next visit be another listener's. */
  token?: string | undefined;
  readonly batchId: string;
  /** Number of the first impression in its session; the others follow by one. */
  readonly firstNumber: number;
  readonly impressions: Impression[];
  /** Why it was sealed; undefined while it grows. */
  reason?: Reason | undefined;
  /** Times that it was sent. */
  attempts: number;
  /** Of those, in ways that outlive the page; 0 where its page ended without; undefined while none has hidden with it. */
  beacons?: number | undefined;
  /** How many of its first impressions the single endpoint has answered for. */
  answered: number;
  /** It may have arrived without an answer: its last impression goes first, and the answer says whether the others have to. */
  probe?: boolean | undefined;
}

/** Whose impressions are recorded, and how many fit a batch. */
export interface Sitting {
  sessionId: string;
  listenerId: string;
  token?: string | undefined;
  batchLimit: number;
}

/** What outlives the page. Resolves when it is written; never rejects. */
export type Write = (puts: Batch[], removes: Batch[]) => Promise<void>;

/**
 * Where impressions rest until an answer covers them. Memory is what this page goes by; what is written down is what the next
 * page finds. Nothing leaves but by `replace`, or by its bounds, and then it is told.
 */
export interface Journal {
  /**
   * What is appended belongs to this session from now on, and without a session, to the one that begins next. What is not sealed comes along, numbered anew, unless it is of a session ended or another listener: then it
   * is sealed, and, without a token, is not sent, and told.
   */
  begin(session?: Sitting): void;
  /** Numbers the impression, from 1 in each session. Resolves when it is written down. */
  append(impression: Impression): Promise<void>;
  /** Everything that no answer has covered, oldest first. */
  readonly batches: Batch[];
  /** Impressions that are not sealed. */
  open(): number;
  /** Makes what is appended so far ready to be sent. The first batch made so is the one that tells. False when there is none. */
  seal(reason: Reason, told: Told): boolean;
  /** Sealed batches that no answer has covered and that can be delivered, oldest first. */
  unsent(): Batch[];
  /** Writes down what changed in a batch. Resolves when it is written. */
  save(batch: Batch): Promise<void>;
  /** Forgets a batch that an answer has covered, or puts others in its place. */
  replace(batch: Batch, ...by: Batch[]): void;
  /** Impressions that still fit. */
  room(): number;
  /** Counts what is given up, and says so. */
  drop(count: number, why: string): void;
  /** Whether it is the present listener's, or has a token. */
  isDeliverable(batch: Batch): boolean;
}

/** @param write Where what outlives the page is written, once that has been loaded; undefined where it cannot be. */
export function createJournal({ log }: Settings, counts: Counts, write: Promise<Write | undefined>): Journal {
  const batches: Batch[] = [];
  const changed = new Set<Batch>();
  const gone = new Set<Batch>();
  let written: Promise<void> | undefined;
  let sitting: Sitting | undefined;
  let next = 1;

  const isDeliverable = ({ token, listenerId }: Batch) => !!token || listenerId === sitting?.listenerId;

  const open = () => batches.filter((batch) => !batch.reason);

  /** What one loop records is written in one go, and before any picture can change. */
  const commit = async () => {
    const to = await write;
    const lasting = [...changed].filter((batch) => batch.sessionId);
    const removed = [...gone];
    written = undefined;
    changed.clear();
    gone.clear();
    await to?.(lasting, removed);
  };

  const save = (batch: Batch) => {
    if (batches.includes(batch)) changed.add(batch);
    written ??= commit();
    return written;
  };

  const replace = (batch: Batch, ...by: Batch[]) => {
    if (!batches.includes(batch)) return;
    batches.splice(batches.indexOf(batch), 1, ...by);
    changed.delete(batch);
    gone.add(batch);
    [batch, ...by].map(save);
  };

  const drop = (count: number, why: string) => {
    counts.dropped += count;
    log(`[Impressions] dropped ${count}: ${why}`);
  };

  const append: Journal["append"] = (impression) => {
    let growing = open().pop();
    if (!growing || growing.impressions.length >= (sitting?.batchLimit ?? batchArtworksMax)) {
      growing = {
        sessionId: sitting?.sessionId,
        listenerId: sitting?.listenerId,
        token: sitting?.token,
        batchId: uuid(),
        firstNumber: next,
        impressions: [],
        skipped: 0,
        dropped: 0,
        attempts: 0,
        answered: 0,
      };
      batches.push(growing);
    }
    next++;
    growing.impressions.push(impression);
    if (countOf(batches) > impressionsMax) {
      const oldest = batches[0] as Batch;
      const count = countOf([oldest]);
      replace(oldest);
      if (oldest.sessionId === sitting?.sessionId) counts.gaps += count;
      drop(count, "the journal is full");
    }
    return save(growing);
  };

  return {
    append,
    batches,
    save,
    drop,
    open: () => countOf(open()),
    room: () => impressionsMax - countOf(batches),
    unsent: () => batches.filter((batch) => batch.reason && isDeliverable(batch)),
    replace,
    isDeliverable,

    seal(reason, told) {
      // What has no session yet could never be sent under another.
      const sealed = sitting ? open() : [];
      for (const batch of sealed) {
        Object.assign(batch, told, { reason });
        told = { skipped: 0, dropped: 0 };
      }
      return sealed.length > 0;
    },

    begin(session) {
      const moving = open().filter((batch) => !batch.sessionId || batch.listenerId === session?.listenerId);
      for (const batch of moving) replace(batch);
      this.seal("replay", { skipped: 0, dropped: 0 });
      sitting = session;
      next = 1;
      moving.flatMap((batch) => batch.impressions).forEach(append);
      const foreign = countOf(batches.filter((batch) => !isDeliverable(batch)));
      if (session && foreign) log(`[Impressions] undeliverable ${foreign}`);
    },
  };
}

/** Impressions in some batches. */
export const countOf = (batches: Batch[]): number =>
  batches.reduce((sum, batch) => sum + batch.impressions.length, 0);
