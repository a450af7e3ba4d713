import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeDatabase } from "./fakeDatabase.js";
import { grace, pass, range, show, World } from "./world.js";

interface Port {
  onmessage?: (event: { data: unknown }) => void;
  postMessage(data: unknown): void;
}

let world: World;
let database: FakeDatabase;
/** How shared workers are here. */
let outliveTheirPages: boolean;
let areForbidden: boolean;
let areRefused: boolean;

const ports = () => {
  const make = (other: () => Port): Port => ({
    postMessage: (data) => queueMicrotask(() => other().onmessage?.({ data: structuredClone(data) })),
  });
  const page: Port = make(() => worker);
  const worker: Port = make(() => page);
  return { page, worker };
};

beforeEach(async () => {
  world = new World();
  database = new FakeDatabase();
  outliveTheirPages = true;
  areForbidden = false;
  areRefused = false;
  await import("../src/courierWorker.js");
  const { onconnect } = globalThis as unknown as { onconnect: (event: object) => void };
  class SharedWorker {
    readonly port: Port;
    constructor(url: string | URL, options: { extendedLifetime?: boolean }) {
      if (outliveTheirPages) void options.extendedLifetime;
      new URL(url);
      if (areRefused) throw new DOMException("another origin's", "SecurityError");
      const { page, worker } = ports();
      this.port = page;
      if (!areForbidden) queueMicrotask(() => onconnect({ ports: [worker] }));
    }
  }
  vi.stubGlobal("SharedWorker", SharedWorker);
  vi.stubGlobal("indexedDB", database.factory);
  vi.stubGlobal("fetch", world.server.fetch);
});
afterEach(() => world.close());

/** A page that was left after it showed so many. */
const leave = async (shown: number) => {
  // Its own timer would not fire in a page that is frozen.
  const client = world.open({ flushDelay: 1e9 });
  await client.ready();
  show(client, 1, shown);
  await pass();
  world.leave(true);
  world.setHidden(true);
  await pass();
  return client;
};
const comeBack = async () => {
  world.setHidden(false);
  world.comeBack();
  await pass();
};

const sent = () => world.server.batches.map(({ body }) => body.artworkIds);

describe("a page that is left for the back/forward cache", () => {
  test("and is back within seconds has sent nothing, and goes on with the same batch", async () => {
    const client = await leave(9);
    await pass(3000);
    await comeBack();
    show(client, 10, 12);
    await pass(60_000);
    expect(sent()).toEqual([]);
    await client.flush();
    expect(sent()).toEqual([range(1, 12)]);
    expect(client.stats).toMatchObject({ delivered: 12, unsent: 0, resent: 0 });
  });

  test("leaves its last requests to no one else meanwhile, and to the browser when it is back", async () => {
    const armed = new Set<RequestInit>();
    vi.stubGlobal("fetchLater", (_: string, request: RequestInit) => {
      armed.add(request);
      request.signal?.addEventListener("abort", () => armed.delete(request));
    });
    await leave(9);
    expect(armed.size).toBe(0);
    await comeBack();
    expect([...armed].map(({ body }) => JSON.parse(body as string).artworkIds)).toEqual([range(1, 9)]);
  });

  test("and stays away has what it left sent after four seconds, and forgotten: no later page has to ask", async () => {
    await leave(9);
    await pass(3900);
    expect(sent()).toEqual([]);
    const [[batchId] = []] = database.records;
    await pass(200);
    expect(world.server.batches.map(({ body }) => body)).toMatchObject([
      {
        batchId,
        artworkIds: range(1, 9),
        token: "token-1",
        report: { transport: "keepalive", reason: "hidden", attempts: 1, beacons: 1 },
      },
    ]);
    expect(database.records.size).toBe(0);
    await world.open().ready();
    await pass(grace);
    expect(sent()).toHaveLength(1);
  });

  test("is not forgotten where the answer does not cover it", async () => {
    const counts = { recorded: 9, duplicates: 0, repeats: 0, unknown: [], highWater: 8 };
    world.server.fault = ({ path }) =>
      path.endsWith("/batch-impressions") ? Response.json(counts) : undefined;
    await leave(9);
    await pass(5000);
    expect(database.records.size).toBe(1);
  });

  test("and is back later asks with its next batch what became of it", async () => {
    const client = await leave(9);
    await pass(60_000);
    await comeBack();
    show(client, 10, 11);
    await client.flush();
    expect(sent()).toEqual([range(1, 9), [10, 11]]);
    expect(client.stats).toMatchObject({ delivered: 11, unsent: 0, resent: 0, duplicates: 0 });
    await pass(60_000);
    expect(sent()).toHaveLength(2);
  });

  test("and is back later, when it did not arrive, sends it once its next batch has told", async () => {
    world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
    const client = await leave(9);
    await pass(60_000);
    expect(database.records.size).toBe(1);
    world.server.fault = undefined;
    await comeBack();
    show(client, 10, 11);
    await client.flush();
    await pass();
    expect(sent()).toEqual([range(1, 9), [10, 11], range(1, 9)]);
    expect(client.stats).toMatchObject({ delivered: 11, unsent: 0, resent: 9, duplicates: 0 });
  });

  test("and never is back, when it did not arrive, has it replayed by the next page", async () => {
    world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
    await leave(9);
    await pass(60_000);
    world.server.fault = undefined;
    await world.open().ready();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual(range(1, 9));
  });

  test.each([
    ["the browser ends workers with their pages", () => (outliveTheirPages = false)],
    ["the page's policy forbids workers", () => (areForbidden = true)],
    ["the library comes from another origin", () => (areRefused = true)],
    ["the journal is not on disk", () => vi.stubGlobal("indexedDB", undefined)],
  ])("sends at once where %s", async (_, make) => {
    make();
    await leave(9);
    expect(sent()).toEqual([range(1, 9)]);
    expect(world.server.batches[0]?.via).toBe("keepalive");
  });
});

test("a page that ends for good sends at once", async () => {
  const client = world.open();
  await client.ready();
  show(client, 1, 9);
  await pass();
  world.leave(false);
  await pass();
  expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive"]);
});
