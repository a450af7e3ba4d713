import type { Batch, Impression, Journal } from "./journal.js";
import type { TabLock } from "./tabLock.js";
import { uuid } from "./uuid.js";
import { batchArtworksMax, type Reason } from "./wire.js";

/** All that one session has undelivered: what one storage key holds, so that no tab writes over another's. */
interface Sitting {
  sessionId?: string;
  listenerId?: string;
  savedAtMs?: number;
  /** Number of the next impression. */
  next: number;
  open: Impression[];
  batches: Batch[];
}

/** The number goes up when the record's shape changes: a page must not misread what another release wrote. */
const keyPrefix = "artfresh:1:";
/** The journal may hold a day and more of art every 10 s, half a megabyte of the 5 that browsers give. */
const impressionsMax = 10_000;
const ageMaxMs = 7 * 86_400_000;
/** Without Web Locks: a page that has written nothing for so long is taken for gone. It tries, and so writes, at least once a minute. */
const silenceMaxMs = 90_000;

const sizeOf = (sitting: Sitting): number =>
  sitting.batches.reduce((sum, batch) => sum + batch.artworkIds.length, sitting.open.length);

/** What a journal has to tell. */
export interface JournalEvents {
  /** Impressions were given up. */
  dropped(count: number, why: string): void;
  /** Storage refuses: for the first time. */
  unsaved(error: unknown): void;
}

/**
 * A journal in localStorage, one key a session, and in memory where that is missing, full or forbidden: memory is what this page
 * goes by, storage is what the next page finds.
 */
export function createLocalJournal(
  storage: Storage | null,
  lock: TabLock,
  { dropped, unsaved }: JournalEvents,
): Journal {
  let current: Sitting = { next: 1, open: [], batches: [] };
  let earlier: Sitting[] = [];
  let savePending = false;
  let adopting: Promise<number> | undefined;
  let told = false;
  /** Given up by age since the last adoption began. */
  let aged = 0;

  const save = (sitting: Sitting) => {
    if (!sitting.sessionId || !storage) return;
    try {
      if (sizeOf(sitting)) {
        sitting.savedAtMs = Date.now();
        storage.setItem(keyPrefix + sitting.sessionId, JSON.stringify(sitting));
      } else storage.removeItem(keyPrefix + sitting.sessionId);
    } catch (error) {
      if (!told) unsaved(error);
      told = true;
    }
  };

  // A loop that appends hundreds writes once, and still before the next frame.
  const saveSoon = () => {
    if (savePending) return;
    savePending = true;
    queueMicrotask(() => {
      savePending = false;
      save(current);
    });
  };

  const make = (
    sitting: Sitting,
    impressions: Impression[],
    firstNumber: number,
    reason: Reason,
    skipped = 0,
  ): Batch => ({
    sessionId: sitting.sessionId as string,
    batchId: uuid(),
    firstNumber,
    artworkIds: impressions.map((impression) => impression.artworkId),
    displayedAtMs: impressions.map((impression) => impression.displayedAtMs),
    displayMs: impressions.flatMap((impression) => impression.displayMs ?? []),
    skipped,
    reason,
    attempts: 0,
    answered: 0,
  });

  const seal = (sitting: Sitting, limit: number, reason: Reason, skipped = 0): Batch | undefined => {
    if (!sitting.open.length || !sitting.sessionId) return undefined;
    const firstNumber = sitting.next - sitting.open.length;
    const batch = make(sitting, sitting.open.splice(0, limit), firstNumber, reason, skipped);
    sitting.batches.push(batch);
    save(sitting);
    return batch;
  };

  const all = () => [...earlier, current];
  const size = () => all().reduce((sum, sitting) => sum + sizeOf(sitting), 0);

  const shorten = () => {
    if (size() <= impressionsMax) return;
    const oldest = earlier[0] ?? current;
    const lost = oldest.batches.shift()?.artworkIds ?? oldest.open.splice(0, batchArtworksMax);
    forgetEmpty();
    save(oldest);
    dropped(lost.length, "the journal is full");
  };

  const forgetEmpty = () => {
    earlier = earlier.filter((sitting) => sitting.batches.length);
  };

  const isPresent = (sitting: Sitting) => sitting.listenerId === current.listenerId;
  const ownerOf = (batch: Batch) => all().find((sitting) => sitting.batches.includes(batch));

  /** Reads one key; forgets it where it is damaged or too old. */
  const read = (key: string): Sitting | undefined => {
    const text = storage?.getItem(key);
    if (!text) return undefined;
    let why = "damaged";
    let count = 0;
    try {
      const found: Sitting = JSON.parse(text);
      const newestMs = Math.max(...[...found.open, ...found.batches].flatMap((item) => item.displayedAtMs));
      count = sizeOf(found);
      if (newestMs > Date.now() - ageMaxMs) return found;
      why = "older than 7 days";
    } catch {
      // What cannot be read can be counted no more than it can be sent.
    }
    storage?.removeItem(key);
    aged += count;
    dropped(count, `${key} was ${why}`);
    return undefined;
  };

  const adopt = async (): Promise<number> => {
    const { listenerId } = current;
    if (!storage || !listenerId) return 0;
    const known = all().map((sitting) => keyPrefix + sitting.sessionId);
    const keys = Object.keys(storage).filter((key) => key.startsWith(keyPrefix) && !known.includes(key));
    aged = 0;
    let adopted = 0;
    for (const key of keys) {
      const seen = read(key);
      if (seen?.listenerId !== listenerId) continue;
      const free = await lock.claim(key);
      if (!(free ?? Date.now() - (seen.savedAtMs ?? 0) > silenceMaxMs)) continue;
      // Read again: its page may have gone on writing until the lock was ours.
      const sitting = read(key);
      if (!sitting) continue;
      while (seal(sitting, batchArtworksMax, "replay"));
      for (const batch of sitting.batches) batch.reason = "replay";
      earlier.unshift(sitting);
      adopted += sizeOf(sitting);
    }
    return adopted + aged;
  };

  return {
    begin(session) {
      const before = current;
      current = { ...session, next: 1, open: [], batches: [] };
      if (!before.sessionId || (session && session.listenerId === before.listenerId)) {
        current.open = before.open.splice(0);
        current.next += current.open.length;
      } else while (seal(before, batchArtworksMax, "replay"));
      if (before.batches.length) earlier.push(before);
      save(before);
      save(current);
      if (session) void lock.claim(keyPrefix + session.sessionId);
    },

    append(impression) {
      current.next++;
      current.open.push(impression);
      shorten();
      saveSoon();
    },

    get open() {
      return current.open.length;
    },

    get size() {
      return size();
    },

    seal: (limit, reason, skipped) => seal(current, limit, reason, skipped),

    get foreign() {
      return all().reduce((sum, sitting) => sum + (isPresent(sitting) ? 0 : sizeOf(sitting)), 0);
    },

    unsent: () =>
      all()
        .filter(isPresent)
        .flatMap((sitting) => sitting.batches),

    save(batch) {
      const owner = ownerOf(batch);
      if (owner) save(owner);
    },

    split(batch) {
      const owner = ownerOf(batch);
      if (!owner) return;
      const impressions = batch.artworkIds.map((artworkId, i) => ({
        artworkId,
        displayedAtMs: batch.displayedAtMs[i] as number,
      }));
      const middle = Math.ceil(impressions.length / 2);
      const first = make(owner, impressions.slice(0, middle), batch.firstNumber, batch.reason, batch.skipped);
      const second = make(owner, impressions.slice(middle), batch.firstNumber + middle, batch.reason);
      owner.batches.splice(owner.batches.indexOf(batch), 1, { ...first, displayMs: batch.displayMs }, second);
      save(owner);
    },

    acknowledge(batch) {
      const owner = ownerOf(batch);
      if (!owner) return false;
      owner.batches.splice(owner.batches.indexOf(batch), 1);
      save(owner);
      forgetEmpty();
      return true;
    },

    adopt() {
      adopting ??= adopt().finally(() => {
        adopting = undefined;
      });
      return adopting;
    },
  };
}
