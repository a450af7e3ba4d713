import { type Batch, countOf, type Journal, type Sitting } from "./journal.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";
import type { TabLock } from "./tabLock.js";
import { uuid } from "./uuid.js";
import { batchArtworksMax } from "./wire.js";

/** Before a session's id and a batch's. The number goes up when a record's shape changes: a page must not misread what another release wrote. */
const keyPrefix = "artfresh:1:";
/** A day and more of art every 10 s, about a megabyte of the 5 that browsers give. */
const impressionsMax = 10_000;
const ageMaxMs = 7 * 86_400_000;

const keyOf = (batch: Batch): string => `${keyPrefix}${batch.sessionId}:${batch.batchId}`;

/**
 * A journal in localStorage, one key a batch, so that no tab writes over another's; and in memory where that is missing, full or
 * forbidden. Memory is what this page goes by, storage is what the next page finds.
 * @param counts Counts what is adopted and dropped.
 */
export function createLocalJournal({ storage, log }: Settings, counts: Counts, lock: TabLock): Journal {
  const batches: Batch[] = [];
  let sitting: Sitting | undefined;
  let next = 1;
  let refused = false;

  const open = () => batches.filter((batch) => !batch.reason);

  const save = (batch: Batch) => {
    if (!batch.sessionId) return;
    try {
      storage?.setItem(keyOf(batch), JSON.stringify(batch));
    } catch (error) {
      if (!refused) log("[Impressions] in memory only: storage failed", { error });
      refused = true;
    }
  };

  const replace = (batch: Batch, ...by: Batch[]) => {
    if (!batches.includes(batch)) return;
    batches.splice(batches.indexOf(batch), 1, ...by);
    by.map(save);
    storage?.removeItem(keyOf(batch));
  };

  const dropped = (count: number, why: string) => {
    counts.dropped += count;
    log(`[Impressions] dropped ${count}: ${why}`);
  };

  const append: Journal["append"] = (impression) => {
    let growing = open().pop();
    if (!growing || growing.impressions.length >= (sitting?.batchLimit ?? batchArtworksMax)) {
      growing = {
        sessionId: sitting?.sessionId,
        listenerId: sitting?.listenerId,
        batchId: uuid(),
        firstNumber: next,
        impressions: [],
        skipped: 0,
        attempts: 0,
        answered: 0,
      };
      batches.push(growing);
    }
    next++;
    growing.impressions.push(impression);
    save(growing);
    const [oldest] = batches;
    if (oldest && countOf(batches) > impressionsMax) {
      replace(oldest);
      dropped(countOf([oldest]), "the journal is full");
    }
  };

  /** Takes over one key; forgets it where it is damaged or too old. */
  const adoptKey = (key: string, listenerId: string) => {
    let count = 0;
    try {
      const batch: Batch = JSON.parse(storage?.getItem(key) as string);
      count = countOf([batch]);
      if ((batch.impressions[0]?.displayedAtMs as number) > Date.now() - ageMaxMs) {
        if (batch.listenerId !== listenerId) return;
        batch.reason = "replay";
        batches.unshift(batch);
        counts.adopted += count;
        log(`[Impressions] found ${count} of an earlier page`);
        return;
      }
    } catch {
      // What cannot be read can be counted no more than it can be sent.
    }
    storage?.removeItem(key);
    counts.adopted += count;
    dropped(count, "too old, or damaged");
  };

  return {
    append,
    save,
    open: () => countOf(open()),
    size: () => countOf(batches),
    unsent: () => batches.filter((batch) => batch.reason && batch.listenerId === sitting?.listenerId),
    acknowledge: (batch) => replace(batch),

    seal(reason, skipped) {
      // What has no session yet could never be sent under another.
      const sealed = sitting ? open() : [];
      for (const batch of sealed) {
        Object.assign(batch, { reason, skipped });
        skipped = 0;
      }
      return sealed.length > 0;
    },

    begin(session) {
      const moving = open().filter((batch) => !batch.sessionId || batch.listenerId === session?.listenerId);
      for (const batch of moving) replace(batch);
      this.seal("replay", 0);
      sitting = session;
      next = 1;
      moving.flatMap((batch) => batch.impressions).forEach(append);
      const foreign = countOf(batches.filter((batch) => batch.listenerId !== session?.listenerId));
      if (session && foreign) log(`[Impressions] undeliverable ${foreign}: of another listener`);
    },

    split(batch) {
      const { impressions, firstNumber, skipped } = batch;
      const middle = impressions.length >> 1;
      const part = (from: number, to?: number): Batch => ({
        ...batch,
        batchId: uuid(),
        firstNumber: firstNumber + from,
        impressions: impressions.slice(from, to),
        skipped: from ? 0 : skipped,
        answered: 0,
      });
      replace(batch, part(0, middle), part(middle));
    },

    async adopt() {
      if (!storage || !sitting) return;
      const { sessionId, listenerId } = sitting;
      // Again where the page was in the back/forward cache, and had to let go.
      await lock.claim(keyPrefix + sessionId);
      for (const key of Object.keys(storage)) {
        if (!key.startsWith(keyPrefix) || !(await lock.claim(key.slice(0, key.lastIndexOf(":"))))) continue;
        // Only now that the lock is ours: until then its page may go on writing, or another page take it.
        if (storage.getItem(key) && !batches.some((batch) => keyOf(batch) === key)) adoptKey(key, listenerId);
      }
    },
  };
}
