import { expect, test } from "vitest";
import { createLocalJournal } from "../src/localJournal.js";
import { settingsOf } from "../src/settings.js";
import { createCounts } from "../src/stats.js";
import type { TabLock } from "../src/tabLock.js";
import { MemoryStorage } from "./world.js";

const session = { sessionId: "s1", listenerId: "l1", batchLimit: 200 };
const free: TabLock = { claim: async () => true, release: () => {} };

function journalOn(storage: MemoryStorage, lock = free) {
  const lines: string[] = [];
  const counts = createCounts();
  const settings = settingsOf({ storage, log: (line) => lines.push(line) });
  return { journal: createLocalJournal(settings, counts, lock), lines, counts };
}
const append = (journal: ReturnType<typeof journalOn>["journal"], ...ids: number[]) => {
  for (const artworkId of ids) journal.append({ artworkId, displayedAtMs: Date.now() });
};

test("what has no session yet is not sealed, and is the session's that begins", () => {
  const { journal } = journalOn(new MemoryStorage());
  append(journal, 1, 2);
  expect(journal.seal("manual", 0)).toBe(false);
  journal.begin(session);
  expect(journal.seal("manual", 0)).toBe(true);
  expect(journal.unsent()).toMatchObject([{ sessionId: "s1", firstNumber: 1 }]);
});

test("halves of a batch have all to be answered for, whatever the whole had behind it", () => {
  const { journal } = journalOn(new MemoryStorage());
  journal.begin(session);
  append(journal, 1, 2, 3);
  journal.seal("manual", 5);
  const [batch] = journal.unsent();
  if (!batch) throw new Error("no batch");
  batch.answered = 2;
  journal.split(batch);
  expect(journal.unsent()).toMatchObject([
    { firstNumber: 1, impressions: [{ artworkId: 1 }], skipped: 5, answered: 0 },
    { firstNumber: 2, impressions: [{ artworkId: 2 }, { artworkId: 3 }], skipped: 0, answered: 0 },
  ]);
});

test("what another page delivered while the lock was asked for is neither taken over nor called damaged", async () => {
  const storage = new MemoryStorage();
  const dead = journalOn(storage);
  dead.journal.begin(session);
  append(dead.journal, 1);
  const { journal, lines } = journalOn(storage, {
    ...free,
    claim: async (name) => {
      if (name.endsWith("s1")) storage.clear();
      return true;
    },
  });
  journal.begin({ ...session, sessionId: "s2" });
  append(journal, 2);
  await journal.adopt();
  expect(journal.size()).toBe(1);
  expect(lines).toEqual([]);
});
