import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeDatabase } from "./fakeDatabase.js";
import { grace, pass, range, show, World } from "./world.js";

let world: World;
let database: FakeDatabase;
beforeEach(() => {
  world = new World();
  database = new FakeDatabase();
  vi.stubGlobal("indexedDB", database.factory);
});
afterEach(() => world.close());

const stored = () => JSON.stringify([...database.records.values()]);
const down = () => {
  world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
};

describe("the journal in IndexedDB", () => {
  test("has an impression before it is shown, with its listener, session, number and batch id", async () => {
    const client = world.open();
    const { sessionId } = await client.ready();
    show(client, 7, 8);
    await client.impression(9);
    const [[batchId, record] = []] = database.records;
    expect(record).toMatchObject({
      batchId,
      listenerId: "guest-1",
      sessionId,
      firstNumber: 1,
      impressions: [{ artworkId: 7 }, { artworkId: 8 }, { artworkId: 9 }],
    });
    // One transaction for what one loop recorded, handed over and not waited for on disk.
    expect(database.committed.at(-1)).toEqual({ durability: "relaxed", explicitly: true });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("is named in the report, and forgets only what an answer covers", async () => {
    const client = world.open();
    await client.ready();
    await client.impression(1);
    down();
    await client.flush();
    await pass();
    expect(stored()).toContain('"artworkId":1');
    world.server.fault = undefined;
    await pass(8000);
    expect(world.server.batches.at(-1)?.body.report.journal).toBe("indexeddb");
    expect(database.records.size).toBe(0);
  });

  test("gives a killed browser's impressions to the next visit", async () => {
    down();
    const dead = world.open();
    await dead.ready();
    for (const id of range(1, 5)) await dead.impression(id);
    dead.close();
    world.server.fault = undefined;
    const next = world.open();
    await next.ready();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual(range(1, 5));
    expect(database.records.size).toBe(0);
  });

  test("replays what a release without it left in localStorage", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const old = world.open();
    await old.ready();
    await old.impression(1);
    expect(Object.keys(world.storage)).toHaveLength(1);
    old.close();
    vi.stubGlobal("indexedDB", database.factory);
    await world.open().ready();
    await pass(grace);
    expect(world.server.recorded).toEqual([1]);
    expect(Object.keys(world.storage)).toEqual([]);
  });
});

describe("where IndexedDB", () => {
  test.each(["fails", "hangs"] as const)("%s when it is opened, localStorage stands in", async (fault) => {
    database.openFault = fault;
    const client = world.open();
    const ready = client.ready();
    await pass(3000);
    await ready;
    const written = client.impression(1);
    await pass();
    await written;
    expect(client.stats.journal).toBe("localstorage");
    expect(JSON.stringify(world.storage)).toContain('\\"artworkId\\":1');
    expect(world.lines("[Impressions] no IndexedDB")).toHaveLength(1);
  });

  test.each(["quota", "hangs"] as const)(
    "%s in the middle, localStorage takes over what there is",
    async (fault) => {
      const client = world.open();
      await client.ready();
      await client.impression(1);
      database.writeFault = fault;
      void client.impression(2);
      await pass(3000);
      expect(client.stats.journal).toBe("localstorage");
      expect(JSON.stringify(world.storage)).toContain('\\"artworkId\\":1');
      expect(JSON.stringify(world.storage)).toContain('\\"artworkId\\":2');
      client.close();
      database.writeFault = undefined;
      await world.open().ready();
      await pass(grace);
      expect(world.server.recorded.sort()).toEqual([1, 2]);
      expect([database.records.size, Object.keys(world.storage).length]).toEqual([0, 0]);
    },
  );

  test("closes its connection by itself, it is opened again", async () => {
    const client = world.open();
    await client.ready();
    database.writeFault = "closed";
    await client.impression(1);
    expect(database.opened).toBe(2);
    expect(stored()).toContain('"artworkId":1');
    expect(client.stats.journal).toBe("indexeddb");
  });

  test("is not wanted, nothing is left behind", async () => {
    const client = world.open({ storage: null });
    await client.ready();
    await client.impression(1);
    expect(database.opened).toBe(0);
    expect(client.stats.journal).toBe("memory");
  });
});
