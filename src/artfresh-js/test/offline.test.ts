import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createStock, type DrawGenome, type StockOptions } from "../src/stock.js";
import { pass, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const cut = () => {
  world.server.fault = () => "unreachable";
};
const restore = () => {
  world.server.fault = undefined;
};
/** Tries two seeds for each genome, as one that looks for the better of two does. */
const draw: DrawGenome = (_, nextSeed) => {
  const seed = nextSeed();
  return seed === undefined || nextSeed() === undefined ? undefined : `1-silk-${seed.toString(16)}`;
};
const open = (options: StockOptions = {}) => {
  const client = world.open();
  return {
    client,
    stock: createStock(client, { low: 1, order: 2, prefetch: async () => {}, draw, ...options }),
  };
};

describe("with the network away and the stock empty", () => {
  test("art is made from the session's seeds, recorded, and in the ledger once the network is back", async () => {
    const { client, stock } = open();
    await client.impression((await stock.next()).id);
    await pass();
    cut();
    await client.impression((await stock.next()).id);
    const waiting = stock.next();
    await pass(3000);
    const made = [await waiting, stock.take(), stock.take()];
    expect(made.map((artwork) => artwork?.id)).toEqual([-1, -2, -3]);
    expect(made.map((artwork) => artwork?.genome)).toEqual(["1-silk-4003", "1-silk-4009", "1-silk-4005"]);
    for (const artwork of made) if (artwork) await client.impression(artwork.id, artwork);
    restore();
    await pass(60_000);
    await client.flush();
    expect(world.server.recorded).toEqual([1, 2, 1_000_000, 1_000_001, 1_000_002]);
    expect(client.stats).toMatchObject({ delivered: 5, unsent: 0, repeats: 0 });
    expect((await stock.next()).id).toBe(3);
  });

  test("no seed is used twice, by whichever stock of the page, and none is left after the last", async () => {
    const { client, stock } = open();
    const other = createStock(client, { low: 1, order: 2, prefetch: async () => {}, draw });
    await Promise.all([stock.next(), other.next(), stock.next(), other.next()]);
    await pass();
    cut();
    for (const each of [stock, other]) while (each.take()) await pass();
    await pass(3000);
    const made = range(1, 6).map((i) => (i % 2 ? stock : other).take()?.genome);
    expect(new Set(made.slice(0, 5)).size).toBe(5);
    expect(made[5]).toBeUndefined();
  });

  test("what was made is in the journal: the next visit delivers it", async () => {
    const { client, stock } = open();
    await stock.next();
    await pass();
    cut();
    while (stock.take()) await pass();
    await pass(3000);
    const artwork = stock.take();
    if (artwork) await client.impression(artwork.id, artwork);
    client.close();
    restore();
    const next = world.open();
    await next.ready();
    await pass(20_000);
    expect(world.server.genomes).toEqual([artwork?.genome]);
    expect(next.stats).toMatchObject({ adopted: 1, delivered: 1 });
  });

  test("nothing is made before the server had its time, nor by a page that does not draw", async () => {
    const { stock } = open();
    await stock.next();
    await pass();
    cut();
    while (stock.take()) await pass();
    await pass(2900);
    expect(stock.take()).toBeUndefined();
    const plain = createStock(world.open(), { prefetch: async () => {} });
    await pass(10_000);
    expect(plain.take()).toBeUndefined();
  });

  test("a negative id without its genome is an error and no impression", () => {
    const client = world.open();
    expect(() => client.impression(-1)).toThrow(TypeError);
    expect(client.stats.displayed).toBe(0);
  });

  test("the single endpoint takes what was made too", async () => {
    world.server.delivery = "single";
    const client = world.open();
    await client.ready();
    await client.impression(-1, { genome: "1-silk-4000" });
    await client.flush();
    expect(world.server.requests.at(-1)?.path).toBe("/api/artworks/-1/impression");
    expect(world.server.genomes).toEqual(["1-silk-4000"]);
  });
});

describe("as soon as the browser says that the network is back", () => {
  test("what was put off goes, and what was asked for is asked for again", async () => {
    const client = world.open();
    await client.ready();
    cut();
    show(client, 1, 3);
    const fresh = client.fresh({ count: 1 });
    for (let i = 0; i < 6; i++) {
      await client.flush();
      await pass(1000);
    }
    restore();
    const before = world.server.requests.length;
    await pass(100);
    expect(world.server.requests).toHaveLength(before);
    world.comeOnline();
    await pass();
    expect(world.server.recorded.sort()).toEqual([1, 2, 3]);
    expect(await fresh).toHaveLength(1);
  });
});

test("art that changes sends what has waited too long, where timers stood still", async () => {
  const client = world.open({ flushDelay: 60_000 });
  await client.ready();
  client.impression(1);
  await pass();
  world.sleep(60_000);
  expect(world.server.recorded).toEqual([]);
  client.impression(2);
  await pass();
  expect(world.server.recorded).toEqual([1, 2]);
  expect(world.server.batches[0]?.body.report.reason).toBe("timer");
});
