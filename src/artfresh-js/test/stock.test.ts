import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArtFreshError } from "../src/index.js";
import { createStock, type StockOptions } from "../src/stock.js";
import { pass, problem, range, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const stockOf = (options: StockOptions = {}) => createStock(world.open(), options);
const requestIds = () =>
  world.server.requests.flatMap(({ path }) =>
    path.includes("fresh?") ? [new URLSearchParams(path.split("?")[1]).get("requestId")] : [],
  );

describe("a stock", () => {
  test("asks ahead of need, and gives what it has at once", async () => {
    const stock = stockOf({ low: 3, order: 5 });
    expect((await stock.next()).id).toBe(1);
    await pass();
    expect(stock.size).toBe(4);
    expect([stock.take()?.id, stock.take()?.id]).toEqual([2, 3]);
    await pass();
    expect(stock.size).toBe(7);
    expect(requestIds()).toHaveLength(2);
  });

  test("gives nothing that was withdrawn, whichever answer said so", async () => {
    const client = world.open();
    const heard: number[][] = [];
    const stop = client.whenWithdrawn((ids) => heard.push(ids));
    const stock = createStock(client, { low: 1, order: 5 });
    expect((await stock.next()).id).toBe(1);
    await pass();
    const says = (withdrawn: number[]) => {
      world.server.fault = ({ path }) =>
        path.includes("fresh?")
          ? Response.json({ artworks: [], withdrawn })
          : Response.json({ recorded: 1, duplicates: 0, repeats: 0, unknown: [], highWater: 1, withdrawn });
    };
    says([1, 3]);
    await client.impression(1);
    await client.flush();
    await pass();
    expect(heard).toEqual([[1, 3]]);
    expect([stock.take()?.id, stock.take()?.id]).toEqual([2, 4]);
    says([5]);
    await client.fresh({ count: 1 });
    await pass();
    expect(heard).toContainEqual([5]);
    expect(stock.size).toBe(0);
    stop();
    const before = heard.length;
    await client.fresh({ count: 1 });
    await pass();
    expect(heard).toHaveLength(before);
    world.server.fault = undefined;
  });

  test("goes on with what it has when the network is gone, and again when it is back", async () => {
    const stock = stockOf({ low: 3, order: 5 });
    await stock.next();
    await pass();
    world.server.fault = () => "unreachable";
    expect(Array.from({ length: 5 }, () => stock.take()?.id)).toEqual([2, 3, 4, 5, undefined]);
    const patient = stock.next();
    await pass(300_000);
    world.server.fault = undefined;
    await pass(120_000);
    expect((await patient).id).toBe(6);
  });

  test("repeats an order under one request id until it is answered: what a lost answer served is not lost", async () => {
    let isLost = true;
    world.server.fault = ({ path }) => (path.includes("fresh?") && isLost ? "lost" : undefined);
    const stock = stockOf({ low: 3, order: 5 });
    const patient = stock.next();
    await pass(300_000);
    isLost = false;
    await pass(60_000);
    expect((await patient).id).toBe(1);
    expect(requestIds().length).toBeGreaterThan(8);
    expect(new Set(requestIds()).size).toBe(1);
  });

  test("tells who waits when the server refuses", async () => {
    world.server.fault = ({ path }) =>
      path.includes("fresh?") ? problem(400, "invalid_request") : undefined;
    await expect(stockOf().next()).rejects.toBeInstanceOf(ArtFreshError);
  });

  test("gives art once it can be shown, and none whose picture cannot be had", async () => {
    let ready = () => {};
    const stock = stockOf({
      low: 3,
      order: 3,
      prefetch: ({ id }) =>
        id === 1 ? Promise.reject(new Error("gone")) : new Promise<void>((resolve) => (ready = resolve)),
    });
    let shown: number | undefined;
    void stock.next().then(({ id }) => (shown = id));
    await pass();
    expect([stock.size, shown]).toEqual([0, undefined]);
    ready();
    await pass();
    expect(shown).toBe(3);
  });

  test("spends no more art while no picture can be loaded, tells once, and gives back the rest", async () => {
    const told = vi.spyOn(console, "warn").mockImplementation(() => {});
    let isBlocked = true;
    const prefetch = vi.fn(() => (isBlocked ? Promise.reject(new Error("blocked")) : Promise.resolve()));
    const stock = stockOf({ low: 3, order: 5, prefetch });
    const patient = stock.next();
    await pass(15_000);
    expect([requestIds().length, told.mock.calls.length]).toEqual([2, 1]);
    expect(prefetch.mock.calls.length).toBeLessThanOrEqual(25);
    isBlocked = false;
    await pass(20_000);
    expect((await patient).id).toBe(6);
    await stock.end();
    expect(world.server.unshown).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10]);
    told.mockRestore();
  });

  test("chooses by mood, and asks in it", async () => {
    const moods = [0.1, 0.9, 0.5];
    const client = world.open();
    const asked: (number | undefined)[] = [];
    const fresh = client.fresh;
    client.fresh = async (wish) => {
      asked.push(wish?.valence);
      const art = await fresh(wish);
      return art.map((artwork, i) => ({
        ...artwork,
        mood: { valence: moods[i % 3] as number, energy: 0.5 },
      }));
    };
    const stock = createStock(client, { low: 2, order: 3 });
    await stock.next({ valence: 0.2, energy: 0.5 });
    await pass();
    expect(stock.take({ valence: 0.8, energy: 0.5 })?.id).toBe(2);
    await pass();
    expect(asked).toEqual([0.2, 0.8]);
  });
});

test("a stock without an artwork near the mood asks for more, once", async () => {
  const client = world.open();
  const fresh = client.fresh;
  client.fresh = async (wish) =>
    (await fresh(wish)).map((artwork) => ({ ...artwork, mood: { valence: 0.9, energy: 0.5 } }));
  const stock = createStock(client, { low: 4, order: 6, reach: 0.25 });
  await stock.next({ valence: 0.8, energy: 0.5 });
  await pass();
  expect([stock.size, requestIds().length]).toEqual([5, 1]);
  stock.turnTo({ valence: 0.7, energy: 0.5 });
  await pass();
  expect([stock.size, requestIds().length]).toEqual([5, 1]);
  stock.turnTo({ valence: 0.1, energy: 0.5 });
  await pass();
  expect([stock.size, requestIds().length]).toEqual([11, 2]);
  stock.take();
  await pass();
  expect(requestIds()).toHaveLength(2);
});

test("what was shown meanwhile, such as what somebody has shared, is not given as fresh", async () => {
  const client = world.open();
  const stock = createStock(client, { low: 1, order: 4 });
  await stock.next();
  await pass();
  await client.impression(2, { revisit: true });
  expect([stock.take()?.id, stock.take()?.id]).toEqual([3, 4]);
});

test("what the page made and did not show is not given back", async () => {
  const client = world.open();
  const stock = createStock(client, { low: 1, order: 2 });
  const artwork = await stock.next();
  stock.put({ ...artwork, id: -1 });
  expect(stock.take()?.id).toBe(-1);
  stock.put({ ...artwork, id: -1 });
  await stock.end();
  expect(world.server.unshown).toEqual([2]);
});

describe("at its end", () => {
  test("what was never taken is given back, what was taken is spent", async () => {
    const stock = stockOf({ low: 3, order: 5 });
    await stock.next();
    stock.take();
    await pass();
    await stock.end();
    expect(world.server.unshown).toEqual(range(3, 5));
    expect(stock.take()).toBeUndefined();
    await pass(60_000);
    expect(requestIds()).toHaveLength(1);
  });

  test("a page that is closed gives it back, one that may come back keeps it", async () => {
    const stock = stockOf({ low: 3, order: 5 });
    await stock.next();
    await pass();
    world.leave(true);
    await pass();
    expect(world.server.unshown).toEqual([]);
    expect(stock.take()?.id).toBe(2);
    world.leave();
    await pass(60_000);
    expect(world.server.unshown).toEqual(range(3, 5));
  });

  test("a page that is closed says so at once, with what is on its way unanswered", async () => {
    const client = world.open();
    const stock = createStock(client, { low: 3, order: 5, prefetch: async () => {} });
    await client.impression((await stock.next()).id);
    await pass();
    world.server.hold();
    const before = world.server.requests.length;
    const sent: unknown[] = [];
    const receive = world.server.receive.bind(world.server);
    world.server.receive = (seen, signal) => {
      sent.push([seen.path.split("/").at(-1), seen.via, seen.body?.unshown ?? seen.body?.artworkIds]);
      return receive(seen, signal);
    };
    world.leave();
    expect(world.server.requests).toHaveLength(before);
    expect(sent).toEqual([
      ["batch-impressions", "keepalive", [1]],
      ["end", "keepalive", [2, 3, 4, 5]],
    ]);
  });

  test("rejects those who wait", async () => {
    world.server.fault = () => "unreachable";
    const stock = stockOf();
    const refused = expect(stock.next()).rejects.toMatchObject({ name: "AbortError" });
    void stock.end();
    await refused;
  });
});
