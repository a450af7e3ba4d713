import type { Batch } from "../core/batch.js";
import type { Call } from "../core/call.js";
import type { Outbox } from "../core/outbox.js";
import type { Settings } from "../core/settings.js";

const dayMs = 86_400_000;
const keptDays = 30;
const keptBatchMs = 3_600_000;
/** An artwork a second for an hour. */
const impressionsMax = 3_600;
/** The most artworks that one request may offer. */
const offeredMax = 3_000;

const keyPrefix = "artfresh:replica:1:";

/** What this browser keeps of what the server has acknowledged: the server's ledger may go back to a copy of before. */
export interface Replica {
  /** Call it with batches that have left the outbox. */
  keep(batches: Batch[]): void;
  /** Call it with the epoch of an answer. Offers what is kept when the ledger is in another one than when it was acknowledged. */
  told(epoch: number | undefined, listenerId: string | undefined): Promise<void>;
  forget(listenerId: string | undefined): void;
}

interface Kept {
  /** The epoch in which the listener's last session was opened. */
  epoch?: number | undefined;
  /** Since when every impression of this browser has been kept, in Unix milliseconds. */
  since: number;
  /** By day, the artworks, each but the first as the difference to the one before. */
  days: Record<string, number[]>;
  /** The batches of the last hour, and when they were acknowledged. */
  batches: [atMs: number, batch: Batch][];
}

export interface ReplicaParts {
  settings: Settings;
  call: Call;
  outbox: Outbox;
  /** Called when there are batches to send. */
  resume(): void;
  /** By artwork, what this page showed: what the ledger has lost leaves it, because the ids are nobody's. */
  shown: Map<number, unknown>;
}

export function createReplica({ settings, call, outbox, resume, shown }: ReplicaParts): Replica {
  const { log, consent, clock } = settings;
  const storage = consent === "full" ? settings.storage : undefined;
  /** By listener, epochs that are being offered to or were. */
  const offered = new Set<string>();

  const read = (listenerId: string): Kept => {
    try {
      const kept = JSON.parse(storage?.getItem(keyPrefix + listenerId) ?? "") as Kept;
      if (kept.since > 0 && kept.days && Array.isArray(kept.batches)) return kept;
    } catch {
      // Nothing is kept, or nothing readable.
    }
    return { since: clock.now(), days: {}, batches: [] };
  };

  const write = (listenerId: string, kept: Kept) => {
    const nowMs = clock.now();
    const oldest = Math.floor(nowMs / dayMs) - keptDays;
    for (const day of Object.keys(kept.days)) if (Number(day) < oldest) delete kept.days[day];
    kept.since = Math.max(kept.since, oldest * dayMs);
    kept.batches = kept.batches.filter(([atMs]) => atMs > nowMs - keptBatchMs);
    while (countOf(kept.batches) > impressionsMax) kept.batches.shift();
    try {
      storage?.setItem(keyPrefix + listenerId, JSON.stringify(kept));
    } catch {
      // Full: what the browser cannot keep, it cannot offer.
      storage?.removeItem(keyPrefix + listenerId);
    }
  };

  const offer = async (listenerId: string, epoch: number): Promise<void> => {
    const kept = read(listenerId);
    const here = new Set(outbox.batches.map(({ batchId }) => batchId));
    const again = kept.batches.flatMap(([, batch]) => (here.has(batch.batchId) ? [] : batch));
    for (const batch of again)
      Object.assign(batch, { state: "sealed", reason: "replay", attempts: 0, answered: 0, probe: false });
    outbox.batches.unshift(...again);
    await Promise.all(again.map(outbox.save));
    const artworkIds = [...new Set(Object.values(kept.days).flatMap(whole))];
    log(
      `[Epoch] the server's ledger has gone back: offering ${artworkIds.length} artworks and ${again.length} batches`,
    );
    settings.emit("epoch", { artworks: artworkIds.length, batches: again.length });
    if (again.length) resume();
    do {
      const some = artworkIds.splice(0, offeredMax);
      // With the last: only then does the server have all that was shown since.
      const sinceMs = artworkIds.length ? undefined : kept.since;
      const answer = await call("/api/listeners/me/shown", { epoch, sinceMs, artworkIds: some });
      if (answer.status !== 200) {
        // The next answer tells again.
        offered.delete(`${listenerId} ${epoch}`);
        return;
      }
      for (const id of (answer.body as { unknown: number[] }).unknown) shown.delete(id);
    } while (artworkIds.length);
    write(listenerId, { ...read(listenerId), epoch });
  };

  return {
    keep(batches) {
      for (const listenerId of new Set(batches.map((batch) => batch.listenerId))) {
        const kept = read(listenerId ?? "");
        // A server of before has no epochs, and asks for nothing back.
        if (!storage || !listenerId || kept.epoch === undefined) continue;
        const acknowledged = batches.filter((one) => one.listenerId === listenerId && one.sessionId);
        const days = new Map<string, Set<number>>();
        for (const { artworkId, displayedAtMs } of acknowledged.flatMap(({ impressions }) => impressions)) {
          if (artworkId < 0) continue;
          const day = `${Math.floor(displayedAtMs / dayMs)}`;
          const ids = days.get(day) ?? new Set(whole(kept.days[day] ?? []));
          days.set(day, ids.add(artworkId));
        }
        for (const [day, ids] of days) kept.days[day] = differences([...ids]);
        for (const batch of acknowledged) kept.batches.push([clock.now(), batch]);
        write(listenerId, kept);
      }
    },

    async told(epoch, listenerId) {
      if (!epoch || !listenerId || !storage) return;
      const kept = read(listenerId);
      if (kept.epoch === undefined) write(listenerId, { ...kept, epoch });
      if (kept.epoch === undefined || kept.epoch === epoch || offered.has(`${listenerId} ${epoch}`)) return;
      offered.add(`${listenerId} ${epoch}`);
      await offer(listenerId, epoch);
    },

    forget: (listenerId) => storage?.removeItem(keyPrefix + listenerId),
  };
}

const countOf = (batches: Kept["batches"]) =>
  batches.reduce((sum, [, { impressions }]) => sum + impressions.length, 0);

const differences = (ids: number[]) => ids.map((id, i) => id - (ids[i - 1] ?? 0));

const whole = (gaps: number[]) => {
  let id = 0;
  return gaps.map((gap) => {
    id += gap;
    return id;
  });
};
