import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Fault, grace, pass, problem, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const onBatches =
  (fault: (size: number) => ReturnType<Fault>): Fault =>
  ({ path, body }) =>
    path.endsWith("/batch-impressions") ? fault(body.artworkIds.length) : undefined;

const once = (response: Response) => {
  let left: Response | undefined = response;
  return onBatches(() => {
    const now = left;
    left = undefined;
    return now;
  });
};

describe("a refused batch", () => {
  test("with 400 is not sent again by this page, is logged with its code, and does not hold up others", async () => {
    world.server.fault = once(problem(400, "invalid_batch"));
    const client = world.open();
    show(client, 1, 3);
    await client.flush();
    client.impression(4);
    await client.flush();
    await pass(600_000);
    expect(world.server.batches.map(({ body }) => body.artworkIds)).toEqual([[1, 2, 3], [4]]);
    expect(client.stats).toMatchObject({ parked: 3, unsent: 3, delivered: 1 });
    const logged = world.logs.find(({ line }) => line === "[Impressions] refused 3: 400 invalid_batch");
    expect(logged?.detail).toMatchObject({
      impressions: { length: 3 },
      answer: { status: 400, code: "invalid_batch" },
    });
  });

  test("with 400 is kept, and the next visit tries it again under its own id", async () => {
    world.server.fault = once(problem(400, "invalid_batch"));
    const client = world.open();
    show(client, 1, 3);
    await client.flush();
    client.close();
    await world.open().ready();
    await pass(grace);
    const [first, second] = world.server.batches;
    expect(second?.body.batchId).toBe(first?.body.batchId);
    expect(world.server.recorded.sort()).toEqual([1, 2, 3]);
  });

  test("with 413 goes as two halves, again and again, each with an id of its own", async () => {
    world.server.fault = onBatches((size) => (size > 60 ? problem(413, "body_too_large") : undefined));
    const client = world.open();
    show(client, 1, 200);
    await pass();
    const taken = world.server.batches.filter(({ body }) => body.artworkIds.length <= 60);
    expect(taken.map(({ body }) => [body.firstNumber, body.artworkIds.length])).toEqual([
      [1, 50],
      [51, 50],
      [101, 50],
      [151, 50],
    ]);
    expect(new Set(world.server.batches.map(({ body }) => body.batchId)).size).toBe(7);
    expect(world.server.recorded).toEqual(range(1, 200));
    expect(client.stats).toMatchObject({ delivered: 200, unsent: 0 });
  });

  test("with 413 has its halves written down before they are sent", async () => {
    world.server.fault = onBatches((size) => (size > 60 ? problem(413, "body_too_large") : "unreachable"));
    const client = world.open();
    show(client, 1, 100);
    await pass();
    client.close();
    world.server.fault = undefined;
    await world.open().ready();
    await pass(grace);
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(1, 100));
  });

  test("with 413 for a single impression is kept", async () => {
    world.server.fault = onBatches(() => problem(413, "body_too_large"));
    const client = world.open();
    client.impression(1);
    await client.flush();
    await pass(60_000);
    expect(world.server.batches).toHaveLength(1);
    expect(client.stats.parked).toBe(1);
  });
});

describe("without a batch endpoint", () => {
  test.each([404, 405, 410])("%i makes each impression go singly, with its number", async (status) => {
    world.server.fault = onBatches(() => new Response("gone", { status }));
    const client = world.open();
    show(client, 11, 13);
    client.impression(13);
    await client.flush();
    const singles = world.server.requests.filter(({ path }) => path.endsWith("/impression"));
    expect(singles.map(({ path, body }) => [path, body.number, body.report.skipped])).toEqual([
      ["/api/artworks/11/impression", 1, 1],
      ["/api/artworks/12/impression", 2, 0],
      ["/api/artworks/13/impression", 3, 0],
    ]);
    expect(singles[0]?.body).not.toHaveProperty("batchId");
    expect(client.stats).toMatchObject({ delivered: 3, unsent: 0 });
  });

  test("batches are tried again after a minute, and go on when the endpoint is back", async () => {
    world.server.fault = onBatches(() => problem(404, "not_found"));
    const client = world.open();
    client.impression(1);
    await client.flush();
    await pass(59_000);
    client.impression(2);
    await client.flush();
    expect(world.server.batches).toHaveLength(1);
    world.server.fault = undefined;
    await pass(1000);
    client.impression(3);
    await client.flush();
    expect(world.server.batches[1]?.body.artworkIds).toEqual([3]);
    expect(world.server.recorded).toEqual([1, 2, 3]);
  });

  test("a session opened with delivery 'single' never asks for it", async () => {
    world.server.delivery = "single";
    const client = world.open();
    show(client, 1, 3);
    await client.flush();
    expect(world.server.batches).toEqual([]);
    expect(world.server.recorded).toEqual([1, 2, 3]);
  });

  test("singles that failed midway go on from there", async () => {
    world.server.delivery = "single";
    let failing = true;
    world.server.fault = ({ path }) =>
      failing && path === "/api/artworks/3/impression" ? "unreachable" : undefined;
    const client = world.open();
    show(client, 1, 4);
    await client.flush();
    failing = false;
    await pass(5000);
    const singles = world.server.requests.filter(({ path }) => path.endsWith("/impression"));
    expect(singles.map(({ body }) => body.number)).toEqual([1, 2, 3, 3, 4]);
    expect(client.stats).toMatchObject({ delivered: 4, duplicates: 0 });
  });
});

describe("a sign-in that ran out", () => {
  test("is renewed, and the batch goes on under its own id and session", async () => {
    world.server.fault = once(problem(401, "not_signed_in"));
    const client = world.open();
    const { sessionId } = await client.ready();
    show(client, 1, 2);
    await client.flush();
    await pass(1000);
    const [first, second] = world.server.batches;
    expect(second?.body).toMatchObject({ sessionId, batchId: first?.body.batchId });
    expect(world.server.requests.filter(({ path }) => path === "/api/sign-in/guest")).toHaveLength(2);
    expect(client.stats).toMatchObject({ delivered: 2, unsent: 0 });
  });

  test("that makes another listener leaves the batch to its token", async () => {
    const client = world.open();
    await client.ready();
    world.server.listenerId = "guest-2";
    world.server.fault = once(problem(401, "not_signed_in"));
    show(client, 1, 2);
    await client.flush();
    await pass(1000);
    client.impression(3);
    await client.flush();
    expect(world.server.recorded).toEqual([1, 2, 3]);
    expect(client.stats).toMatchObject({ unsent: 0, delivered: 3 });
  });

  test("that makes another listener, without tokens, leaves the batch undeliverable, logged and kept for the first", async () => {
    world.server.issuesTokens = false;
    const client = world.open();
    await client.ready();
    world.server.listenerId = "guest-2";
    world.server.fault = once(problem(401, "not_signed_in"));
    show(client, 1, 2);
    await client.flush();
    await pass(1000);
    client.impression(3);
    await client.flush();
    expect(world.server.batches.map(({ body }) => body.artworkIds)).toEqual([[1, 2], [3]]);
    expect(world.server.batches[1]?.body.firstNumber).toBe(1);
    expect(world.lines("[Impressions] undeliverable 2")).toHaveLength(1);
    expect(client.stats).toMatchObject({ unsent: 2, delivered: 1 });
    client.close();

    world.server.listenerId = "guest-1";
    await world.open().ready();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual([1, 2, 3]);
  });
});

describe("a session that the server does not know", () => {
  test("is replaced; its batch is kept for it, and what is shown next goes under the new one", async () => {
    const client = world.open();
    const { sessionId } = await client.ready();
    world.server.sessions.delete(sessionId);
    world.server.sessions.set("kept-the-count", { listenerId: "nobody", arrived: new Map() });
    show(client, 1, 2);
    await client.flush();
    show(client, 3, 4);
    await client.flush();
    const [first, second] = world.server.batches.map(({ body }) => body);
    expect(first.sessionId).toBe(sessionId);
    expect(second).toMatchObject({ firstNumber: 1, artworkIds: [3, 4] });
    expect(second.sessionId).not.toBe(sessionId);
    expect(client.stats).toMatchObject({ parked: 2, unsent: 2, delivered: 2 });
    expect(world.lines("[Impressions] refused")).toHaveLength(1);
  });

  test("of an earlier page does not cost this page its own", async () => {
    const dead = world.open();
    const { sessionId } = await dead.ready();
    dead.impression(1);
    dead.close();
    const client = world.open();
    await client.ready();
    world.server.sessions.delete(sessionId);
    await pass(grace);
    expect(client.stats).toMatchObject({ adopted: 1, parked: 1 });
    client.impression(2);
    await client.flush();
    expect(world.server.requests.filter(({ path }) => path === "/api/sessions")).toHaveLength(2);
    expect(world.server.recorded).toEqual([2]);
  });

  test("does not take along impressions that were not sent yet: they are numbered in the new one", async () => {
    const client = world.open();
    const { sessionId } = await client.ready();
    world.server.sessions.delete(sessionId);
    world.server.sessions.set("kept-the-count", { listenerId: "nobody", arrived: new Map() });
    client.impression(1);
    void client.flush();
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    client.impression(2);
    await pass(20_000);
    expect(world.server.batches.map(({ body }) => [body.firstNumber, body.artworkIds])).toEqual([
      [1, [1]],
      [1, [2]],
    ]);
  });
});
