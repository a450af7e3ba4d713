import { expect, test, vi } from "vitest";
import type { Batch } from "../src/core/batch.js";
import type { Outbox } from "../src/core/outbox.js";
import type { Settings } from "../src/core/settings.js";
import { createReplica } from "../src/durable/replica.js";
import { grace, MemoryStorage, pass, range, show, World } from "./world.js";

const dayMs = 86_400_000;

function world(consent: Settings["consent"] = "full") {
  const storage = new MemoryStorage();
  const posts: { path: string; body: { epoch: number; sinceMs?: number; artworkIds: number[] } }[] = [];
  const shown = new Map<number, unknown>([
    [5, 0],
    [7, 0],
  ]);
  const sent: string[] = [];
  const page = () => {
    const outbox = { batches: [] as Batch[], save: async () => {} } as unknown as Outbox;
    const replica = createReplica({
      settings: {
        log: () => {},
        emit: () => {},
        clock: { now: Date.now },
        consent,
        storage,
      } as unknown as Settings,
      outbox,
      call: async (path, body) => {
        posts.push({ path, body: body as (typeof posts)[0]["body"] });
        return fails.shift() ?? { status: 200, body: { added: 1, unknown: [7] } };
      },
      resume: () => void sent.push(...outbox.batches.map(({ batchId }) => batchId)),
      shown,
    });
    return { replica, outbox };
  };
  const fails: { status: number }[] = [];
  return { page, posts, shown, sent, storage, fails };
}

const batch = (batchId: string, artworkIds: number[], more: object = {}): Batch => ({
  state: "answered",
  reason: "size",
  sessionId: "s1",
  listenerId: "guest-1",
  token: "t",
  batchId,
  firstNumber: 1,
  impressions: artworkIds.map((artworkId) => ({ artworkId, displayedAtMs: Date.now() })),
  skipped: 0,
  dropped: 0,
  attempts: 1,
  answered: 0,
  ...more,
});

test("a new epoch is offered the ids and the batches that were acknowledged, once", async () => {
  const { page, posts, shown, sent } = world();
  const first = page();
  await first.replica.told(1, "guest-1");
  const since = Date.now();
  first.replica.keep([batch("b1", [5, 7, 2 ** 45]), batch("b2", [9, -1, 7])]);
  expect(posts).toEqual([]);

  const { replica } = page();
  await replica.told(100, "guest-1");
  await replica.told(100, "guest-1");
  await page().replica.told(100, "guest-1");

  expect(posts).toHaveLength(1);
  expect(posts[0]?.path).toBe("/api/listeners/me/shown");
  expect(posts[0]?.body.epoch).toBe(100);
  expect(posts[0]?.body.artworkIds).toEqual([5, 7, 2 ** 45, 9]);
  expect(posts[0]?.body.sinceMs).toBeLessThanOrEqual(since);
  expect(sent).toEqual(["b1", "b2"]);
  // The server's answer says that it has lost this one.
  expect([...shown.keys()]).toEqual([5]);
});

test("an offer that is refused is made again with the next answer", async () => {
  const { page, posts, fails } = world();
  const { replica } = page();
  await replica.told(1, "guest-1");
  replica.keep([batch("b1", [5])]);
  fails.push({ status: 503 });
  await replica.told(100, "guest-1");
  await replica.told(100, "guest-1");
  expect(posts).toHaveLength(2);
});

test("many ids are offered in parts, and the last says since when they are all", async () => {
  const { page, posts } = world();
  const { replica } = page();
  await replica.told(1, "guest-1");
  const ids = Array.from({ length: 3_100 }, (_, i) => i + 1);
  replica.keep([batch("b1", ids)]);
  await replica.told(100, "guest-1");
  expect(posts.map(({ body }) => body.artworkIds.length)).toEqual([3_000, 100]);
  expect(posts.map(({ body }) => body.sinceMs !== undefined)).toEqual([false, true]);
});

test("ids are kept for 30 days and batches for an hour, in a few bytes each", async () => {
  vi.useFakeTimers();
  try {
    const { page, posts, sent, storage } = world();
    const { replica } = page();
    await replica.told(1, "guest-1");
    replica.keep([batch("old", [1, 2])]);
    vi.setSystemTime(Date.now() + 31 * dayMs);
    replica.keep([batch("hour", [3])]);
    vi.setSystemTime(Date.now() + 3_700_000);
    const base = 30_000_000 * 2 ** 20;
    replica.keep([
      batch(
        "new",
        Array.from({ length: 1_000 }, (_, i) => base + 3 * i),
      ),
    ]);
    vi.setSystemTime(Date.now() + 3_700_000);
    replica.keep([batch("last", [4])]);
    expect((storage.getItem("artfresh:replica:1:guest-1") as string).length).toBeLessThan(3_000);

    await replica.told(100, "guest-1");
    expect(posts[0]?.body.artworkIds).toHaveLength(1_002);
    expect(posts[0]?.body.artworkIds).not.toContain(1);
    expect(sent).toEqual(["last"]);
  } finally {
    vi.useRealTimers();
  }
});

test("listeners are apart, and one who is forgotten is", async () => {
  const { page, posts } = world();
  const { replica } = page();
  for (const listenerId of ["guest-1", "guest-2"]) await replica.told(1, listenerId);
  replica.keep([batch("b1", [1]), batch("b2", [2], { listenerId: "guest-2" })]);
  replica.forget("guest-1");
  await replica.told(100, "guest-1");
  await replica.told(100, "guest-2");
  expect(posts.map(({ body }) => body.artworkIds)).toEqual([[2]]);
});

test("nothing is kept for a server without epochs", async () => {
  const { page, storage } = world();
  const { replica } = page();
  await replica.told(undefined, "guest-1");
  replica.keep([batch("b1", [1])]);
  expect(storage.length).toBe(0);
});

test("without full consent nothing is kept", async () => {
  const { page, posts, storage } = world("session");
  const { replica } = page();
  await replica.told(1, "guest-1");
  replica.keep([batch("b1", [1])]);
  await replica.told(100, "guest-1");
  expect(posts).toEqual([]);
  expect(storage.length).toBe(0);
});

test("the next visit brings back what the server has acknowledged and lost", async () => {
  const visits = new World();
  try {
    const { server } = visits;
    server.epoch = 1;
    const before = visits.open();
    await before.ready();
    show(before, 1, 5);
    await before.flush();
    expect(server.recorded).toEqual(range(1, 5));
    before.close();
    for (const { arrived } of server.sessions.values()) arrived.clear();
    server.epoch = 100;

    const after = visits.open();
    await after.ready();
    await pass(grace);

    expect(server.recorded).toEqual(range(1, 5));
    const offer = server.requests.find(({ path }) => path === "/api/listeners/me/shown");
    expect(offer?.body).toMatchObject({ epoch: 100, artworkIds: range(1, 5) });
    expect(after.stats.unsent).toBe(0);
  } finally {
    visits.close();
  }
});
