import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pass, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("batching", () => {
  test("450 impressions recorded at once leave as exactly three requests of 200, 200 and 50", async () => {
    const client = world.open();
    show(client, 1, 450);
    await pass(60_000);
    expect(world.server.batches.map(({ body }) => body.artworkIds.length)).toEqual([200, 200, 50]);
    expect(world.server.batches.map(({ body }) => body.firstNumber)).toEqual([1, 201, 401]);
    expect(world.server.recorded).toEqual(range(1, 450));
  });

  test("20 impressions leave at once, fewer after the delay", async () => {
    const client = world.open();
    await client.ready();
    show(client, 1, 19);
    await pass(9_999);
    expect(world.server.batches).toEqual([]);
    await pass(1);
    expect(world.server.batches.map(({ body }) => body.report.reason)).toEqual(["timer"]);
    show(client, 20, 39);
    await pass();
    expect(world.server.batches[1]?.body).toMatchObject({ firstNumber: 20, report: { reason: "size" } });
    expect(world.server.batches[1]?.body.artworkIds).toEqual(range(20, 39));
  });

  test("the delay runs from the first unsent impression, not from the last", async () => {
    const client = world.open({ flushDelay: 1000 });
    for (let id = 1; id <= 5; id++) {
      client.impression(id);
      await pass(400);
    }
    expect(world.server.batches[0]?.body.artworkIds).toEqual([1, 2, 3]);
  });

  test("a batch says when each artwork was shown, and what the client counted", async () => {
    const client = world.open({ release: "7.1" });
    const start = Date.now();
    client.impression(5, { displayMs: 212.4 });
    await pass(300);
    client.impression(9);
    client.impression(5);
    client.impression(9, { displayMs: 1 });
    await client.flush();
    const [batch] = world.server.batches;
    expect(batch?.type).toBe("application/json");
    expect(batch?.body).toEqual({
      sessionId: [...world.server.sessions.keys()][0],
      batchId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      firstNumber: 1,
      artworkIds: [5, 9],
      displayedAtMs: [start, start + 300],
      report: {
        displayed: 2,
        skipped: 2,
        transport: "fetch",
        reason: "manual",
        attempts: 1,
        displayMs: [212],
        dropped: 0,
        journal: "localstorage",
        behind: 0,
      },
      token: "token-1",
    });
    client.impression(11);
    await client.flush();
    expect(world.server.batches[1]?.body.report).toMatchObject({ displayed: 1, skipped: 0, displayMs: [] });
    expect(world.server.requests[1]?.body).toEqual({ release: "7.1" });
  });

  test("says how long an artwork took to come on screen, though that is known only after it was written down", async () => {
    const client = world.open();
    await client.impression(5);
    client.displayed(5, 87.6);
    client.displayed(6, 1);
    await client.flush();
    expect(world.server.batches[0]?.body).toMatchObject({ artworkIds: [5], report: { displayMs: [88] } });
  });

  test("a display time that the server would refuse does not cost the batch", async () => {
    const client = world.open();
    client.impression(1, { displayMs: -5 });
    client.impression(2, { displayMs: Number.NaN });
    client.impression(3, { displayMs: 2 ** 40 });
    await client.flush();
    expect(world.server.batches[0]?.body.report.displayMs).toEqual([]);
  });

  test("only one request is under way at a time, and what is shown meanwhile waits for its own time", async () => {
    const client = world.open({ flushDelay: 1000 });
    await client.ready();
    let underWay = 0;
    let most = 0;
    const release = world.server.hold((isUnderWay) => {
      underWay += isUnderWay ? 1 : -1;
      most = Math.max(most, underWay);
    });
    show(client, 1, 300);
    await pass();
    show(client, 301, 305);
    await pass(500);
    release();
    await pass(400);
    expect(most).toBe(1);
    expect(world.server.batches.map(({ body }) => body.artworkIds.length)).toEqual([200, 100]);
    await pass(100);
    expect(world.server.batches[2]?.body.artworkIds).toEqual(range(301, 305));
  });

  test("a server that takes fewer at a time gets fewer", async () => {
    world.server.batchLimit = 30;
    const client = world.open();
    show(client, 1, 70);
    await pass();
    expect(world.server.batches.map(({ body }) => body.artworkIds.length)).toEqual([30, 30, 10]);
    expect(world.server.recorded).toEqual(range(1, 70));
  });

  test("each flush is logged with count, reason and transport", async () => {
    const client = world.open();
    show(client, 1, 3);
    await client.flush();
    const flushed = world.logs.find(({ line }) => line.startsWith("[Impressions] flushed"));
    expect(flushed?.line).toBe("[Impressions] flushed 3 (manual, fetch)");
    expect(flushed?.detail).toMatchObject({ count: 3, reason: "manual", transport: "fetch" });
  });

  test("an id that no artwork can have is refused at the door", () => {
    const client = world.open();
    for (const id of [1.5, -1, Number.NaN, 2 ** 53, "7" as unknown as number])
      expect(() => client.impression(id)).toThrow(TypeError);
    expect(client.stats.displayed).toBe(0);
  });
});

describe("flicker", () => {
  test("an artwork shown again is one impression and one [FlickerFix] line", async () => {
    const client = world.open();
    client.impression(123);
    client.impression(123);
    await client.flush();
    expect(world.lines("[FlickerFix]")).toEqual(["[FlickerFix] skipped artwork 123 shown again"]);
    expect(world.server.recorded).toEqual([123]);
    expect(client.stats).toMatchObject({ displayed: 1, skipped: 1, delivered: 1, unsent: 0 });
    client.impression(123);
    await client.flush();
    expect(world.server.batches).toHaveLength(1);
  });

  test("is reported once, though several batches are sent together", async () => {
    const client = world.open();
    show(client, 1, 250);
    client.impression(7);
    await pass();
    expect(world.server.batches.map(({ body }) => body.report.skipped)).toEqual([1, 0]);
  });
});

describe("stats", () => {
  test("calls count every request, and repeats are logged", async () => {
    const client = world.open();
    show(client, 1, 2);
    await client.flush();
    expect(client.stats.calls).toBe(world.server.requests.length);
    for (const session of world.server.sessions.values()) session.arrived.set(99, 3);
    client.impression(3);
    await client.flush();
    expect(client.stats.repeats).toBe(1);
    expect(world.lines("[Impressions] 1 REPEATS")).toHaveLength(1);
  });
});
