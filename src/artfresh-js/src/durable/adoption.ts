import type { Batch } from "../core/batch.js";
import type { Outbox, Write } from "../core/outbox.js";
import type { Settings } from "../core/settings.js";
import type { Counts } from "../core/stats.js";
import type { Arrived } from "../core/wire.js";
import { graceMs, patienceMs } from "./patience.js";

const ageMaxMs = 7 * 86_400_000;
/** Sessions that one request may ask about. */
const earlierMax = 8;

/** What dead pages left in the journal, and this page delivers in their place. */
export interface Adoption {
  /** Takes over what the page of that session left, once what it sent as it ended has had time to arrive. */
  adopt(sessionId: string): Promise<void>;
  /** Another page sent these as it ended: this one's next batch asks what arrived. */
  doubt(batches: Batch[]): void;
  /** Tokens of the sessions that a batch of this session asks about; undefined where there are none. */
  tokensBeside(sessionId: string | undefined): string[] | undefined;
  /** So much of a dead page's session has arrived. */
  arrived(told: Arrived): void;
  /** Sessions of which nothing is left here. */
  settle(): void;
  /** The page may be frozen or gone: another may send what it took over. */
  leave(): void;
  /** It was not gone. */
  back(): void;
}

export interface AdoptionParts {
  settings: Settings;
  counts: Counts;
  outbox: Outbox;
  write: Write;
  read(): Promise<Batch[]>;
  /** There is something to send. */
  resume(): void;
  /** Nothing is left of that dead session. */
  settled(sessionId: string): void;
  /** Other pages may ask what of it has arrived. */
  tell(batches: Batch[]): void;
}

export function createAdoption(parts: AdoptionParts): Adoption {
  const { settings, counts, outbox, write, read } = parts;
  const adopted = new Set<string>();
  /** By session: batches that may have arrived, and are not sent yet. */
  const doubtful = new Map<string, Batch[]>();
  /** Ids of the doubtful batches that an answer has covered since. */
  const known = new Set<string>();
  let isAway = false;

  const unknown = (batches: Batch[]) => batches.filter(({ batchId }) => !known.has(batchId));

  const giveUp = (batches: Batch[], why: string) => {
    if (!batches.length) return;
    const sound = batches.filter(isSound);
    counts.adopted += outbox.count(sound);
    const isFollowed = ({ sessionId, firstNumber }: Batch) =>
      outbox.batches.some((batch) => batch.sessionId === sessionId && batch.firstNumber > firstNumber);
    counts.gaps += outbox.count(sound.filter(isFollowed));
    outbox.drop(outbox.count(sound), why);
    void write([], batches);
  };

  /** Puts what a dead page left into the outbox, newest first: its answer may cover all before it. */
  const take = (found: Batch[]): number => {
    const isYoung = (batch: Batch) => (batch.impressions[0]?.displayedAtMs as number) > Date.now() - ageMaxMs;
    const sound = found.filter((batch) => isSound(batch) && isYoung(batch));
    const here = new Set(outbox.batches.map(({ batchId }) => batchId));
    const mine = sound
      .filter((batch) => outbox.isDeliverable(batch) && !here.has(batch.batchId))
      .sort((one, other) => other.firstNumber - one.firstNumber);
    let room = outbox.room();
    const fitting = mine.filter((batch) => {
      room -= outbox.count([batch]);
      return room >= 0;
    });
    for (const batch of fitting)
      Object.assign(batch, {
        state: "sealed",
        reason: "replay",
        probe: true,
        beacons: batch.beacons ?? 0,
      });
    outbox.batches.unshift(...fitting);
    giveUp(
      found.filter((batch) => !sound.includes(batch)),
      "too old, or damaged",
    );
    giveUp(
      mine.filter((batch) => !fitting.includes(batch)),
      "the journal is full",
    );
    return outbox.count(fitting);
  };

  return {
    async adopt(sessionId) {
      const find = async () => (await read()).filter((batch) => batch.sessionId === sessionId);
      const left = (await find()).filter(isSound);
      if (isAway) return;
      doubtful.set(sessionId, left);
      parts.tell(left);
      // What went as its page ended has most likely arrived: this page's next batch may ask before it is sent in vain.
      const isSent = left.every(({ beacons }) => beacons);
      await new Promise((resolve) => setTimeout(resolve, isSent ? patienceMs : graceMs));
      if (isAway) return;
      const count = take(unknown(await find()));
      if (!count) {
        doubtful.delete(sessionId);
        return parts.settled(sessionId);
      }
      adopted.add(sessionId);
      counts.adopted += count;
      settings.log(`[Impressions] found ${count} of an earlier page`);
      parts.resume();
    },

    doubt: (batches) => void doubtful.set(batches[0]?.sessionId as string, unknown(batches)),

    tokensBeside(sessionId) {
      const tokens = [...doubtful].flatMap(([id, [first]]) => (id !== sessionId && first?.token) || []);
      return tokens.length ? tokens.slice(0, earlierMax) : undefined;
    },

    arrived(told) {
      const { sessionId } = told;
      if (adopted.has(sessionId)) {
        for (const batch of outbox.covered(outbox.batches, told)) outbox.replace(batch);
        return;
      }
      const left = doubtful.get(sessionId) ?? [];
      const gone = outbox.covered(left, told);
      if (!gone.length) return;
      for (const { batchId } of gone) known.add(batchId);
      doubtful.set(sessionId, unknown(left));
      counts.adopted += outbox.count(gone);
      void write([], gone);
    },

    settle() {
      for (const sessionId of adopted)
        if (!outbox.batches.some((batch) => batch.sessionId === sessionId)) {
          adopted.delete(sessionId);
          doubtful.delete(sessionId);
          parts.settled(sessionId);
        }
    },

    leave() {
      isAway = true;
      // Another page may send it meanwhile; if this one comes back, it reads again what is left.
      const given = outbox.batches.filter((batch) => adopted.has(batch.sessionId as string));
      for (const batch of given) outbox.batches.splice(outbox.batches.indexOf(batch), 1);
      counts.adopted -= outbox.count(given);
      adopted.clear();
      doubtful.clear();
    },

    back() {
      isAway = false;
    },
  };
}

const isSound = (batch: Batch) => batch.impressions?.length > 0 && batch.firstNumber > 0;
