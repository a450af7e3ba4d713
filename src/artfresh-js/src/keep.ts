import { createDeadMansSwitch } from "./deadMansSwitch.js";
import { halvesOf } from "./halvesOf.js";
import type { Batch, Write } from "./journal.js";
import { openLasting } from "./lasting.js";
import { createParting, type Parts } from "./parting.js";
import { createTabs } from "./tabs.js";

/** What makes impressions outlive their page: loaded beside the core, that a first picture need not wait for it. */
export interface Keep {
  write: Write;
  /** This page's impressions belong to that session from now on. */
  begin(sessionId: string): void;
  /** An answer covered something. */
  settle(): void;
  /** Something was appended: the browser is to send it should the page die. */
  arm(): void;
  /** The page hides, or (left) may be frozen or gone. */
  hide(isLeft: boolean): void;
  /** The page is back. */
  show(): Promise<void>;
  /** No more is to be sent. */
  stop(): void;
  halvesOf: typeof halvesOf;
  /** Milliseconds that an impression may wait for company. */
  delayMs(): number;
}

/** What is on disk, and sent by the browser should the page die, can wait until it is worth a request. */
const safeDelayMs = 300_000;
const unsafeDelayMs = 10_000;
const ageMaxMs = 7 * 86_400_000;
/** What a page sent with its last breath is on its way: sooner than this after its last impression, nobody can tell whether it arrived. */
const graceMs = 5000;

export async function createKeep(parts: Parts): Promise<Keep> {
  const { settings, counts, journal, delivery } = parts;
  const { write, read } = await openLasting(settings, counts, () => journal.batches);
  const own = new Set<string>();
  const adopted = new Set<string>();
  let isAway = false;

  const giveUp = (batches: Batch[], count: number, why: string) => {
    if (!batches.length) return;
    counts.adopted += count;
    journal.drop(count, why);
    void write([], batches);
  };

  /** Takes over what a dead page left, newest first: its answer may cover all before it. */
  const adopt = async (sessionId: string) => {
    const find = async () => (await read()).filter((batch) => batch.sessionId === sessionId);
    const last = Math.max(...(await find()).map((batch) => batch.impressions?.at(-1)?.displayedAtMs ?? 0));
    const waitMs = last + graceMs - Date.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, graceMs)));
    if (isAway) return;
    const found = await find();
    const isSound = (batch: Batch) => batch.impressions?.length > 0 && batch.firstNumber > 0;
    const isYoung = (batch: Batch) => (batch.impressions[0]?.displayedAtMs as number) > Date.now() - ageMaxMs;
    const sound = found.filter((batch) => isSound(batch) && isYoung(batch));
    const old = found.filter((batch) => !sound.includes(batch));
    giveUp(old, countOf(old.filter(isSound)), "too old, or damaged");
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
    giveUp(tooMany, countOf(tooMany), "the journal is full");
    for (const batch of kept) Object.assign(batch, { reason: "replay", probe: true });
    if (!kept.length) return tabs.settle(sessionId);
    const count = countOf(kept);
    adopted.add(sessionId);
    counts.adopted += count;
    journal.batches.unshift(...kept);
    settings.log(`[Impressions] found ${count} of an earlier page`);
    void delivery.resume();
  };

  const tabs = createTabs({
    written: async () => [
      ...new Set((await read()).flatMap(({ sessionId = "" }) => (own.has(sessionId) ? [] : sessionId))),
    ],
    orphaned: (sessionId) => void adopt(sessionId),
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
    tabs.leave();
  };

  return {
    arm,
    write,
    halvesOf,
    delayMs: () =>
      counts.journal === "indexeddb" && "fetchLater" in globalThis ? safeDelayMs : unsafeDelayMs,

    begin(sessionId) {
      own.add(sessionId);
      tabs.begin(sessionId);
    },

    settle() {
      // What has arrived is not to be sent once more.
      arm();
      for (const sessionId of adopted)
        if (!journal.batches.some((batch) => batch.sessionId === sessionId)) {
          adopted.delete(sessionId);
          tabs.settle(sessionId);
        }
    },

    hide(isLeft) {
      disarm();
      parting.hide();
      if (isLeft) leave();
    },

    async show() {
      if (isAway) {
        isAway = false;
        await tabs.back();
      }
      parting.show();
    },

    stop() {
      disarm();
      leave();
    },
  };
}

// As the journal's: taken from there, a bundler would put what both share in a third file, and the core would be larger.
const countOf = (batches: Batch[]) => batches.reduce((sum, { impressions }) => sum + impressions.length, 0);
