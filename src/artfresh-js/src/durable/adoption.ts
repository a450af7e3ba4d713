import type { Batch } from "../core/batch.js";
import type { Outbox, Write } from "../core/outbox.js";
import type { Settings } from "../core/settings.js";
import type { Counts } from "../core/stats.js";
import type { Arrived } from "../core/wire.js";
import { graceMs, patienceMs } from "./patience.js";

const ageMaxMs = 7 * 86_400_000;
/** The most sessions that one request may ask about. */
const earlierMax = 8;

/** Delivers the batches that dead pages left in the journal. */
export interface Adoption {
  /** Adopts the batches of that session's page, after the requests of its end have had time to arrive. */
  adopt(sessionId: string): Promise<void>;
  /** Another page sent these batches as it ended: this page's next batch asks how much arrived. */
  doubt(batches: Batch[]): void;
  /** Tokens of the sessions that a batch of this session asks about; undefined if there are none. */
  tokensBeside(sessionId: string | undefined): string[] | undefined;
  /** Handles the server's answer about a dead page's session. */
  arrived(earlier: Arrived): void;
  /** Reports the sessions of which nothing is left here. */
  settle(): void;
  /** Call it when the page may be frozen or ending: another page may send the adopted batches. */
  leave(): void;
  /** Call it when the page is back. */
  back(): void;
}

export interface AdoptionParts {
  settings: Settings;
  counts: Counts;
  outbox: Outbox;
  write: Write;
  read(): Promise<Batch[]>;
  /** Called when there are batches to send. */
  resume(): void;
  /** Called when nothing is left of that dead session. */
  settled(sessionId: string): void;
  /** Shares batches with other pages, which may ask how much of them has arrived. */
  share(batches: Batch[]): void;
}

export function createAdoption(parts: AdoptionParts): Adoption {
  const { settings, counts, outbox, write, read } = parts;
  const adopted = new Set<string>();
  /** By session, batches that may have arrived and that this page has not sent. */
  const doubtful = new Map<string, Batch[]>();
  /** Ids of doubtful batches that an answer has covered. */
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

  /** Puts a dead page's batches into the outbox, newest first, because its answer may cover all earlier ones. */
  const take = (found: Batch[]): number => {
    const isYoung = (batch: Batch) =>
      (batch.impressions[0]?.displayedAtMs as number) > settings.clock.now() - ageMaxMs;
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
      parts.share(left);
      // Batches that were sent when the page ended have probably arrived, so this page's next batch asks before any is sent again.
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

    arrived(earlier) {
      const { sessionId } = earlier;
      if (adopted.has(sessionId)) {
        for (const batch of outbox.covered(outbox.batches, earlier)) outbox.replace(batch);
        return;
      }
      const left = doubtful.get(sessionId) ?? [];
      const gone = outbox.covered(left, earlier);
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
      // Another page may send them now. When this page is back, it reads the remaining ones again.
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
