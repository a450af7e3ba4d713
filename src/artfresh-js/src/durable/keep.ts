import type { Call } from "../core/call.js";
import type { Batch, Write } from "../core/outbox.js";
import type { Arrived, BatchAnswer } from "../core/wire.js";
import { createDeadMansSwitch } from "./deadMansSwitch.js";
import { halvesOf } from "./halvesOf.js";
import { openLasting } from "./lasting.js";
import { createParting, graceMs, type Parts, patienceMs } from "./parting.js";
import { createTabs } from "./tabs.js";
import { whenHidden } from "./whenHidden.js";

/** What makes impressions outlive their page: loaded beside the core, that a first picture need not wait for it. */
export interface Keep {
  write: Write;
  /** This page's impressions belong to that session from now on. */
  begin(sessionId: string): void;
  /** An answer covered something. */
  settle(): void;
  /** A batch is known not to have arrived: what grows behind it goes along. */
  join(batch: Batch): void;
  /** Something was appended: the browser is to send it should the page die. */
  arm(): void;
  /** Posts a batch, and asks along how much has arrived of the sessions that dead pages left. */
  call: Call;
  /** No more is to be sent. */
  stop(): void;
  halvesOf: typeof halvesOf;
  /** How many impressions gather before they leave. */
  size(): number;
  /** Milliseconds that an impression may wait for company. */
  delayMs(): number;
  /** Sends in a way that outlives the page. */
  sendLast(path: string, body: object): void;
}

const ageMaxMs = 7 * 86_400_000;
/** Sessions that one request may ask about. */
const earlierMax = 8;

export async function createKeep(parts: Parts): Promise<Keep> {
  const { settings, counts, journal, delivery } = parts;
  const { write, read } = await openLasting(settings, counts, () => journal.batches);
  const own = new Set<string>();
  const adopted = new Set<string>();
  /** What dead pages left and what it may not be time to send: by session, until it settles. */
  const doubtful = new Map<string, Batch[]>();
  /** Of those, by batch id, what an answer has covered since. */
  const arrived = new Set<string>();
  let isAway = false;
  let answeredSession: string | undefined;

  const giveUp = (batches: Batch[], why: string) => {
    if (!batches.length) return;
    const sound = batches.filter(isSound);
    counts.adopted += countOf(sound);
    const isFollowed = ({ sessionId, firstNumber }: Batch) =>
      journal.batches.some((batch) => batch.sessionId === sessionId && batch.firstNumber > firstNumber);
    counts.gaps += countOf(sound.filter(isFollowed));
    journal.drop(countOf(sound), why);
    void write([], batches);
  };

  /** Takes over what a dead page left, newest first: its answer may cover all before it. */
  const adopt = async (sessionId: string) => {
    const find = async () => (await read()).filter((batch) => batch.sessionId === sessionId);
    const left = (await find()).filter(isSound);
    if (isAway) return;
    doubtful.set(sessionId, left);
    tabs.tell(left);
    // What went as its page ended has arrived, most likely: a batch of this page's own may ask before it is sent to no use.
    const isSent = left.every(({ beacons }) => beacons);
    await new Promise((resolve) => setTimeout(resolve, isSent ? patienceMs : graceMs));
    if (isAway) return;
    const found = (await find()).filter(({ batchId }) => !arrived.has(batchId));
    const isYoung = (batch: Batch) => (batch.impressions[0]?.displayedAtMs as number) > Date.now() - ageMaxMs;
    const sound = found.filter((batch) => isSound(batch) && isYoung(batch));
    const old = found.filter((batch) => !sound.includes(batch));
    let room = journal.room();
    const known = new Set(journal.batches.map(({ batchId }) => batchId));
    const mine = sound
      .filter((batch) => journal.isDeliverable(batch) && !known.has(batch.batchId))
      .sort((one, other) => other.firstNumber - one.firstNumber);
    const kept = mine.filter((batch) => {
      room -= countOf([batch]);
      return room >= 0;
    });
    const tooMany = mine.filter((batch) => !kept.includes(batch));
    for (const batch of kept)
      Object.assign(batch, { reason: "replay", probe: true, beacons: batch.beacons ?? 0 });
    journal.batches.unshift(...kept);
    giveUp(old, "too old, or damaged");
    giveUp(tooMany, "the journal is full");
    if (!kept.length) {
      doubtful.delete(sessionId);
      return tabs.settle(sessionId);
    }
    const count = countOf(kept);
    adopted.add(sessionId);
    counts.adopted += count;
    settings.log(`[Impressions] found ${count} of an earlier page`);
    void delivery.resume();
  };

  /** So much has arrived of a dead page's session. */
  const forget = ({ sessionId, highWater }: Arrived) => {
    const isCovered = (batch: Batch) =>
      batch.sessionId === sessionId && batch.firstNumber + countOf([batch]) - 1 <= highWater;
    if (adopted.has(sessionId)) {
      for (const batch of journal.batches.filter(isCovered)) journal.replace(batch);
      return;
    }
    const left = doubtful.get(sessionId) ?? [];
    const covered = left.filter(isCovered);
    if (!covered.length) return;
    doubtful.set(
      sessionId,
      left.filter((batch) => !covered.includes(batch)),
    );
    for (const { batchId } of covered) arrived.add(batchId);
    counts.adopted += countOf(covered);
    void write([], covered);
  };

  const tabs = createTabs({
    written: async () => [
      ...new Set((await read()).flatMap(({ sessionId = "" }) => (own.has(sessionId) ? [] : sessionId))),
    ],
    orphaned: (sessionId) => void adopt(sessionId),
    told(batches) {
      const id = batches[0]?.sessionId as string;
      if (!own.has(id))
        doubtful.set(
          id,
          batches.filter(({ batchId }) => !arrived.has(batchId)),
        );
    },
  });

  const parting = createParting(parts);
  const { arm, disarm } = createDeadMansSwitch(parting.testament);

  const leave = () => {
    isAway = true;
    // Another page may send it now; should this one come back, it looks again at what is left.
    const given = journal.batches.filter((batch) => adopted.has(batch.sessionId as string));
    for (const batch of given) journal.batches.splice(journal.batches.indexOf(batch), 1);
    counts.adopted -= countOf(given);
    adopted.clear();
    doubtful.clear();
    tabs.leave();
  };

  const hide = (isLeft: boolean) => {
    disarm();
    parting.hide();
    if (!isLeft) return;
    tabs.tell(journal.batches.filter((batch) => delivery.held.get(batch)));
    leave();
  };

  const show = async () => {
    if (isAway) {
      isAway = false;
      await tabs.back();
    }
    parting.show();
    arm();
  };

  const stopWatching = whenHidden(hide, () => void show());

  /** What is on disk, and sent by the browser should the page die, can wait until it is worth a request. */
  const isSafe = () => counts.journal === "indexeddb" && "fetchLater" in globalThis;

  const stop = () => {
    stopWatching();
    disarm();
    leave();
  };
  // The page may not have waited for this.
  if (delivery.isStopped()) stop();

  return {
    arm,
    write,
    halvesOf,
    size: () => (isSafe() ? 50 : 20),
    delayMs: () => (isSafe() ? 600_000 : 10_000),
    sendLast(path, body) {
      // Both share what a page may leave behind, and what was shown comes first.
      parting.hide();
      parting.sendLast(path, body);
    },

    begin(sessionId) {
      if (delivery.isStopped()) return;
      own.add(sessionId);
      tabs.begin(sessionId);
      // It may have hidden before it had a session, or before this was loaded.
      if (globalThis.document?.hidden) hide(false);
      else if (journal.batches.length) arm();
    },

    async call(path, body) {
      const tokens = [...doubtful].flatMap(
        ([sessionId, [first]]) => (sessionId !== (body as Batch).sessionId && first?.token) || [],
      );
      const earlier = tokens.length ? tokens.slice(0, earlierMax) : undefined;
      const answer = await parts.call(path, { ...body, earlier });
      answeredSession = (body as Batch).sessionId;
      for (const told of (answer.body as BatchAnswer | undefined)?.earlier ?? []) forget(told);
      return answer;
    },

    join(batch) {
      const limit = parts.session.current()?.batchLimit ?? 0;
      for (const other of journal.batches.filter(({ sessionId }) => sessionId === batch.sessionId)) {
        // Nothing before it is known to have arrived either.
        other.probe = false;
        const count = countOf([batch]);
        const more = countOf([other]);
        const isNext = other.firstNumber === batch.firstNumber + count;
        if (!isNext || other.reason || count + more > limit) continue;
        batch.impressions.push(...other.impressions);
        // They go for the first time.
        counts.resent -= more;
        journal.replace(other);
      }
      void journal.save(batch);
    },

    settle() {
      parting.settle(answeredSession);
      // What has arrived is not to be sent once more.
      arm();
      for (const sessionId of adopted)
        if (!journal.batches.some((batch) => batch.sessionId === sessionId)) {
          adopted.delete(sessionId);
          doubtful.delete(sessionId);
          tabs.settle(sessionId);
        }
    },

    stop,
  };
}

const isSound = (batch: Batch) => batch.impressions?.length > 0 && batch.firstNumber > 0;

// As the journal's: taken from there, a bundler would put what both share in a third file, and the core would be larger.
const countOf = (batches: Batch[]) => batches.reduce((sum, { impressions }) => sum + impressions.length, 0);
