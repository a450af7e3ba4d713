import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { retryDelayMs } from "../src/core/insist.js";
import { retryAfter } from "../src/core/retryAfter.js";
import { type Fault, pass, problem, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const onBatches =
  (...faults: (ReturnType<Fault> | undefined)[]): Fault =>
  ({ path }) =>
    path.endsWith("/batch-impressions") ? faults.shift() : undefined;

describe("retryDelayMs", () => {
  test("is uniform below a bound that doubles, up to a minute", () => {
    for (const [failures, bound] of [
      [1, 1000],
      [2, 2000],
      [5, 16_000],
      [7, 60_000],
      [2000, 60_000],
    ] as const) {
      expect(retryDelayMs(failures, () => 0)).toBe(0);
      expect(retryDelayMs(failures, () => 0.5)).toBe(bound / 2);
    }
  });

  test("is at least what the server asks for, and at most a second more", () => {
    expect(retryDelayMs(1, () => 0, 7000)).toBe(7000);
    expect(retryDelayMs(9, () => 0.999, 7000)).toBeCloseTo(7999);
  });
});

describe("retryAfter", () => {
  const of = (headers: Record<string, string>) => retryAfter(new Headers(headers));

  test("reads seconds and HTTP dates", () => {
    expect(of({ "retry-after": "120" })).toBe(120_000);
    expect(of({ "retry-after": new Date(Date.now() + 5000).toUTCString() })).toBe(5000);
    expect(of({})).toBeUndefined();
    expect(of({ "retry-after": "soon" })).toBeUndefined();
  });

  test("holds a date against the server's own clock", () => {
    const headers = {
      date: "Tue, 01 Jan 2030 00:00:00 GMT",
      "retry-after": "Tue, 01 Jan 2030 00:00:09 GMT",
    };
    expect(of(headers)).toBe(9000);
  });

  test("is cut before a timer would overflow and fire at once", () => {
    expect(of({ "retry-after": "99999999" })).toBe(3_600_000);
  });
});

describe("a batch that fails", () => {
  test("goes again with the same id, numbers and artworks, though more was shown since", async () => {
    const trouble = [500, 502, 503].map((status) => problem(status, "unavailable"));
    world.server.fault = onBatches(...trouble);
    const client = world.open();
    show(client, 1, 20);
    await pass();
    show(client, 21, 25);
    await pass(60_000);
    const [first, second, third, fourth, fifth] = world.server.batches.map(({ body }) => body);
    for (const again of [second, third, fourth])
      expect(again).toEqual({
        ...first,
        report: { ...first.report, attempts: again.report.attempts, behind: 5 },
      });
    expect([first, second, third, fourth].map(({ report }) => report.attempts)).toEqual([1, 2, 3, 4]);
    expect(fifth).toMatchObject({ firstNumber: 21, artworkIds: range(21, 25) });
    expect(world.server.recorded).toEqual(range(1, 25));
    expect(client.stats).toMatchObject({
      displayed: 25,
      delivered: 25,
      resent: 60,
      duplicates: 0,
      unsent: 0,
    });
  });

  test("without an answer sends its last impression alone, and learns whether the others arrived", async () => {
    world.server.fault = onBatches("lost", undefined, "unreachable");
    const client = world.open();
    show(client, 1, 20);
    await pass(5000);
    expect(client.stats).toMatchObject({ delivered: 20, resent: 1, duplicates: 1 });
    show(client, 21, 40);
    await pass(5000);
    const sent = world.server.batches.map(({ body }) => body);
    expect(sent.map(({ artworkIds }) => artworkIds.length)).toEqual([20, 1, 20, 1, 20]);
    expect(new Set(sent.slice(2).map(({ batchId }) => batchId)).size).toBe(1);
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(1, 40));
    expect(client.stats).toMatchObject({ delivered: 40, unsent: 0 });
  });

  test("waits as long as Retry-After says, and a flush by hand does not jump the queue", async () => {
    world.server.fault = onBatches(problem(503, "unavailable", { "retry-after": "30" }));
    const client = world.open();
    client.impression(1);
    await client.flush();
    expect(client.stats.unsent).toBe(1);
    await pass(29_000);
    await client.flush();
    expect(world.server.batches).toHaveLength(1);
    await pass(2000);
    expect(world.server.batches).toHaveLength(2);
    expect(client.stats.unsent).toBe(0);
  });

  test.each([408, 429, 500, 502])("with %i goes again", async (status) => {
    world.server.fault = onBatches(problem(status, "later"));
    const client = world.open();
    client.impression(1);
    await client.flush();
    await pass(1000);
    expect(world.server.recorded).toEqual([1]);
  });

  test.each([
    ["localstorage", undefined, [4000, 8000, 16_000, 30_000, 30_000, 30_000]],
    ["memory", null, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  ])(
    "backs off further each time, and less hastily with a journal: %s",
    async (journal, storage, expected) => {
      world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
      const client = world.open(storage === null ? { storage } : {});
      await client.ready();
      const times: number[] = [];
      const receive = world.server.receive.bind(world.server);
      world.server.receive = (...args) => {
        times.push(Date.now());
        return receive(...args);
      };
      client.impression(1);
      void client.flush();
      await pass(120_000);
      expect(client.stats.journal).toBe(journal);
      expect(times.slice(1).map((time, i) => time - (times[i] as number))).toEqual(expected);
    },
  );

  test("once delivered, leaves no backoff to the next failure", async () => {
    const failures: ReturnType<Fault>[] = ["unreachable", "unreachable", "unreachable", "unreachable"];
    world.server.fault = onBatches(...failures);
    const client = world.open();
    client.impression(1);
    await client.flush();
    await pass(60_000);
    expect(client.stats.delivered).toBe(1);
    world.server.fault = onBatches("unreachable");
    client.impression(2);
    await client.flush();
    await pass(4100);
    expect(client.stats.delivered).toBe(2);
  });

  test("for long does not end in a pile of small batches", async () => {
    world.server.fault = onBatches(...Array.from({ length: 7 }, () => "unreachable" as const));
    const client = world.open();
    for (let id = 1; id <= 6; id++) {
      client.impression(id);
      await pass(10_000);
    }
    await pass(120_000);
    expect(world.server.batches.slice(7).map(({ body }) => body.artworkIds)).toEqual([[1], [2, 3, 4, 5, 6]]);
  });

  test("and never arrived, as its last impression tells, goes with all that waits behind it", async () => {
    world.server.fault = onBatches("unreachable");
    const client = world.open();
    show(client, 1, 20);
    await pass();
    show(client, 21, 30);
    await pass(20_000);
    const [tried, asked, whole] = world.server.batches.map(({ body }) => body);
    expect(asked.artworkIds).toEqual([20]);
    expect(whole).toMatchObject({
      batchId: tried.batchId,
      firstNumber: 1,
      artworkIds: range(1, 30),
      report: { displayed: 30, attempts: 3 },
    });
    expect(world.server.batches).toHaveLength(3);
    expect(client.stats).toMatchObject({ delivered: 30, unsent: 0, resent: 21, duplicates: 1 });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("and went with what was due behind it, leaves what is shown meanwhile to its own time", async () => {
    world.server.fault = onBatches("unreachable");
    const client = world.open({ flushDelay: 1e9 });
    show(client, 1, 20);
    await pass();
    show(client, 21, 45);
    const receive = world.server.receive.bind(world.server);
    world.server.receive = (seen, signal) => {
      if (seen.body?.artworkIds?.length === 45) {
        expect(client.stats.unsent).toBe(45);
        client.impression(46);
      }
      return receive(seen, signal);
    };
    await pass(20_000);
    expect(world.server.batches.map(({ body }) => body.artworkIds.length)).toEqual([20, 1, 45]);
    expect(client.stats.unsent).toBe(1);
  });

  test("and never arrived, goes without what was sent by itself as the page hid", async () => {
    world.server.fault = onBatches("unreachable", "unreachable", "lost", "unreachable");
    const client = world.open();
    show(client, 1, 20);
    await pass();
    show(client, 21, 25);
    world.setHidden(true);
    await pass(1000);
    world.setHidden(false);
    await pass(30_000);
    const sent = world.server.batches.map(({ via, body }) => [via, body.artworkIds.length]);
    expect(sent.filter(([via]) => via === "fetch")).toEqual([
      ["fetch", 20],
      ["fetch", 1],
      ["fetch", 20],
    ]);
    expect(client.stats).toMatchObject({ delivered: 25, unsent: 0 });
  });

  test("and what waits behind it is more than a request takes: it goes by itself", async () => {
    world.server.batchLimit = 25;
    world.server.fault = onBatches("unreachable");
    const client = world.open();
    show(client, 1, 20);
    await pass();
    show(client, 21, 30);
    await pass(30_000);
    expect(world.server.batches.slice(2).map(({ body }) => body.artworkIds)).toEqual([
      range(1, 20),
      range(21, 30),
    ]);
    expect(client.stats).toMatchObject({ delivered: 30, unsent: 0 });
  });

  test("because nobody answers is given up after half a minute and goes again", async () => {
    world.server.fault = onBatches("hangs");
    const client = world.open();
    client.impression(1);
    void client.flush();
    await pass(29_000);
    expect(world.server.batches).toHaveLength(1);
    await pass(6000);
    expect(world.server.batches).toHaveLength(2);
    expect(world.server.recorded).toEqual([1]);
  });

  test("because something in between answers 200 in the server's place goes again", async () => {
    world.server.fault = onBatches(new Response("<h1>Welcome to the hotel</h1>"), new Response("{}"));
    const client = world.open();
    client.impression(1);
    await client.flush();
    expect(client.stats.delivered).toBe(0);
    await pass(5000);
    expect(world.server.recorded).toEqual([1]);
    expect(client.stats.delivered).toBe(1);
  });
});
