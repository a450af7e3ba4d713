import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeDatabase } from "./fakeDatabase.js";
import { grace, pass, problem, range, show, World } from "./world.js";

const day = 86_400_000;
const now = Date.UTC(2026, 0, 1);
let world: World;
/** How far the device's clock is ahead. */
let aheadMs: number;
let serverMs: () => number;

beforeEach(() => {
  world = new World();
  aheadMs = 0;
  const startedMs = performance.now();
  serverMs = () => now + performance.now() - startedMs;
  vi.spyOn(Date, "now").mockImplementation(() => serverMs() + aheadMs);
  // As of a server, whose answers have their date.
  const receive = world.server.receive.bind(world.server);
  world.server.receive = async (...all) => {
    const answer = await receive(...all);
    const { status, headers } = answer;
    const body = status === 204 ? null : await answer.text();
    return new Response(body, {
      status,
      headers: { ...Object.fromEntries(headers), date: new Date(serverMs()).toUTCString() },
    });
  };
});
afterEach(() => world.close());

const down = () => {
  world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
};

describe.each([
  ["1970", -now + 60_000],
  ["8 days behind", -8 * day],
  ["50 years ahead", 50 * 365 * day],
])("a device whose clock is at %s", (_, ahead) => {
  test("loses nothing when it is set right before its impressions are delivered", async () => {
    aheadMs = ahead;
    down();
    const dead = world.open();
    await dead.ready();
    for (const id of range(1, 10)) await dead.impression(id);
    dead.close();
    world.server.fault = undefined;
    aheadMs = 0;
    const next = world.open();
    await next.ready();
    await pass(grace);
    expect(world.server.recorded.sort((one, other) => one - other)).toEqual(range(1, 10));
    expect(next.stats).toMatchObject({ adopted: 10, dropped: 0, delivered: 10 });
  });

  test("says when it showed by the server's time", async () => {
    aheadMs = ahead;
    const client = world.open();
    await client.ready();
    await pass(5000);
    await client.impression(1);
    await client.flush();
    const [displayedAtMs] = world.server.batches[0]?.body.displayedAtMs ?? [];
    expect(Math.abs(displayedAtMs - serverMs())).toBeLessThan(1000);
  });
});

test("single impressions end after a minute, wherever the clock has gone meanwhile", async () => {
  aheadMs = 365 * day;
  const client = world.open();
  await client.ready();
  world.server.fault = ({ path }) =>
    path.endsWith("/batch-impressions") ? problem(404, "not_found") : undefined;
  await client.impression(1);
  await client.flush();
  world.server.fault = undefined;
  aheadMs = 0;
  await pass(61_000);
  const before = world.server.requests.length;
  show(client, 2, 20);
  await client.flush();
  expect(world.server.requests.length - before).toBe(1);
});

test("what was delivered after IndexedDB failed is not found and dropped there days later", async () => {
  const database = new FakeDatabase();
  vi.stubGlobal("indexedDB", database.factory);
  down();
  const client = world.open();
  await client.ready();
  for (const id of range(1, 4)) await client.impression(id);
  database.writeFault = "quota";
  await client.impression(5);
  world.server.fault = undefined;
  await pass(60_000);
  await client.flush();
  expect(client.stats).toMatchObject({ delivered: 5, unsent: 0 });
  client.close();
  expect(database.records.size).toBe(1);

  database.writeFault = undefined;
  await pass(9 * day);
  const next = world.open();
  await next.ready();
  await pass(grace);
  expect(next.stats).toMatchObject({ adopted: 0, dropped: 0 });
  expect([database.records.size, Object.keys(world.storage)]).toEqual([0, []]);
});
