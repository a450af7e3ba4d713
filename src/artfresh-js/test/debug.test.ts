// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createStock } from "../src/art/stock.js";
import { showDebug } from "../src/debug.js";
import { createClient } from "../src/index.js";
import { createFakeServer } from "../src/testing.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  document.body.replaceChildren();
});

const open = () => {
  const server = createFakeServer();
  return { server, client: createClient({ fetch: server.fetch, storage: null, log: () => {} }) };
};
/** The lines of the overlay, by their first word. */
const lines = () =>
  new Map(
    [...(document.querySelector("pre")?.textContent ?? "").matchAll(/^(\S+) +(.*)$/gm)].map(
      ([, name, what]) => [name, what],
    ),
  );
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("the overlay follows session, journal, stock and requests", async () => {
  const { client } = open();
  const remove = showDebug(client);
  expect(lines().get("session")).toBe("none");
  const stock = createStock(client, { low: 2, order: 4, prefetch: async () => {} });
  await client.impression((await stock.next()).id);
  await pass(500);
  expect(Object.fromEntries(lines())).toMatchObject({
    session: "session-1",
    journal: "memory: 1 unsent, 0 parked",
    stock: "3",
    shown: "1: 0 delivered, 0 rejected, 0 dropped",
    requests: `${client.stats.calls}`,
  });
  remove();
  client.close();
});

test("it shows the last events, and takes no part: the page's stock keeps its own options", async () => {
  const { server, client } = open();
  const remove = showDebug(client);
  const fresh = vi.spyOn(client, "fresh");
  await createStock(client, { low: 1, order: 3, prefetch: async () => {} }).next();
  expect(fresh.mock.calls).toMatchObject([[{ count: 3 }]]);
  for (let id = 1; id <= 9; id++) {
    await client.impression(id);
    await client.flush();
  }
  server.withdraw([7]);
  await client.fresh();
  await pass(0);
  const told = document.querySelector("pre")?.textContent?.match(/(delivered|withdrawn) \{.*/g) ?? [];
  expect(told).toHaveLength(8);
  expect(told.slice(-2)).toEqual([
    'delivered {"count":1,"transport":"fetch"}',
    'withdrawn {"artworkIds":[7]}',
  ]);
  remove();
  client.close();
});

test("removed, it leaves nothing behind", async () => {
  const { client } = open();
  const remove = showDebug(client);
  const timers = vi.getTimerCount();
  remove();
  expect(document.querySelector("pre")).toBeNull();
  expect(vi.getTimerCount()).toBe(timers - 1);
  await client.impression(1);
  await client.flush();
  await pass(1000);
  client.close();
});
