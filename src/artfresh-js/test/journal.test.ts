import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { grace, MemoryStorage, pass, problem, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

// Ten thousand impressions, on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000 });

const day = 86_400_000;
const down = () => {
  world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
};
const up = () => {
  world.server.fault = undefined;
};

describe("the next page", () => {
  test("replays what a dead one left, with its session, numbers and batch ids", async () => {
    down();
    const dead = world.open();
    const { sessionId } = await dead.ready();
    show(dead, 1, 20);
    await pass();
    show(dead, 21, 22);
    dead.close();
    up();
    const next = world.open();
    await next.ready();
    await pass(grace);
    const [tried, asked, newest, oldest] = world.server.batches.map(({ body }) => body);
    // Whether it arrived nobody knows: the last of all is sent alone, and had it been there, so had all before it.
    expect(asked).toMatchObject({ batchId: newest.batchId, firstNumber: 22, artworkIds: [22] });
    expect(newest).toMatchObject({ sessionId, firstNumber: 21, artworkIds: [21, 22] });
    expect(oldest).toEqual({
      ...tried,
      report: { ...tried.report, reason: "replay", attempts: 2, beacons: 0 },
    });
    expect(world.server.sessions.get(sessionId)?.arrived.size).toBe(22);
    expect(next.stats).toMatchObject({ adopted: 22, delivered: 22, unsent: 0, resent: 22, duplicates: 1 });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("sends one impression of what had arrived, and learns from the answer that all the rest had", async () => {
    world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "lost" : undefined);
    const dead = world.open();
    await dead.ready();
    show(dead, 1, 20);
    await pass();
    show(dead, 21, 40);
    world.leave();
    await pass();
    expect(dead.stats.delivered).toBe(0);
    dead.close();
    up();
    const before = world.server.batches.length;
    const next = world.open();
    await next.ready();
    await pass(grace);
    expect(world.server.batches.slice(before).map(({ body }) => body.artworkIds)).toEqual([[40]]);
    expect(next.stats).toMatchObject({ adopted: 40, delivered: 40, resent: 1, duplicates: 1 });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("finds each impression written down before it is shown", async () => {
    const client = world.open();
    await client.ready();
    await client.impression(1);
    expect(JSON.stringify(world.storage)).toContain('\\"artworkId\\":1');
  });

  test("finds a batch's id written down before the batch was sent", async () => {
    const client = world.open();
    await client.ready();
    let stored = "";
    world.server.fault = ({ path }) => {
      if (path.endsWith("/batch-impressions")) stored = JSON.stringify(world.storage);
      return undefined;
    };
    client.impression(1);
    await client.flush();
    expect(stored).toContain(world.server.batches[0]?.body.batchId);
  });

  test("finds nothing of what was delivered", async () => {
    const client = world.open();
    show(client, 1, 250);
    await pass(20_000);
    expect(client.stats.delivered).toBe(250);
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("delivers by its token what belongs to another listener, whom the browser forgot as it was killed", async () => {
    const first = world.open();
    const { sessionId } = await first.ready();
    show(first, 1, 2);
    first.close();
    world.server.listenerId = "guest-2";
    await world.open().ready();
    await pass(grace);
    expect([...(world.server.sessions.get(sessionId)?.arrived.values() ?? [])].sort()).toEqual([1, 2]);
  });

  test("without tokens leaves alone what belongs to another listener", async () => {
    world.server.issuesTokens = false;
    const first = world.open();
    await first.ready();
    show(first, 1, 2);
    first.close();
    world.server.listenerId = "guest-2";
    const second = world.open();
    await second.ready();
    await pass(60_000);
    expect(world.server.batches).toEqual([]);
    expect(second.stats).toMatchObject({ adopted: 0, unsent: 0 });
    second.close();
    world.server.listenerId = "guest-1";
    await world.open().ready();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual([1, 2]);
  });

  test("drops what is older than 7 days, and says so", async () => {
    const old = world.open();
    await old.ready();
    show(old, 1, 4);
    old.close();
    await pass(7 * day + 1000);
    const client = world.open();
    await client.ready();
    await pass(grace);
    expect(world.server.batches).toEqual([]);
    expect(client.stats).toMatchObject({ adopted: 4, dropped: 4, unsent: 0 });
    expect(world.lines("[Impressions] dropped 4")).toHaveLength(1);
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("still takes what is a day younger", async () => {
    const old = world.open();
    await old.ready();
    show(old, 1, 4);
    old.close();
    await pass(6 * day);
    await world.open().ready();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual(range(1, 4));
  });

  test.each(["{", "null", "{}", '{"impressions":[]}', '{"impressions":[{}],"listenerId":"guest-1"}'])(
    "throws a damaged record away and goes on: %s",
    async (damaged) => {
      world.storage.setItem("artfresh:1:x:y", damaged);
      world.storage.setItem("somebody-else", "{");
      const client = world.open();
      client.impression(1);
      await client.flush();
      await pass();
      expect(world.server.recorded).toEqual([1]);
      expect(Object.keys(world.storage)).toEqual(["somebody-else"]);
    },
  );
});

describe("bounds", () => {
  test("10,000 impressions are held; beyond, the oldest are dropped, counted and logged; the server sees the gap", async () => {
    down();
    const client = world.open();
    await client.ready();
    show(client, 1, 10_000);
    await pass(1000);
    expect(client.stats).toMatchObject({ unsent: 10_000, dropped: 0 });
    show(client, 10_001, 10_050);
    await pass();
    expect(client.stats).toMatchObject({ displayed: 10_050, unsent: 9850, dropped: 200 });
    expect(world.lines("[Impressions] dropped 200: the journal is full")).toHaveLength(1);
    expect(Object.keys(world.storage)).toHaveLength(50);
    up();
    await pass(120_000);
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(201, 10_050));
    // The numbers of these 200 are missing: reported as well, they would be counted twice.
    expect(world.server.batches.reduce((sum, { body }) => sum + body.report.dropped, 0)).toBe(0);
    expect(world.server.batches.at(-1)?.body.firstNumber).toBeGreaterThan(200);
  });
});

describe("what is too old", () => {
  const weekMs = 7 * 86_400_000;

  test("is given up, and reported where no later number shows it", async () => {
    down();
    const left = world.open();
    await left.ready();
    show(left, 1, 30);
    await pass(1000);
    left.close();
    await pass(weekMs);
    up();
    const next = world.open();
    await next.ready();
    await pass(grace);
    expect(next.stats).toMatchObject({ adopted: 30, dropped: 30, unsent: 0 });
    await next.impression(31);
    await next.flush();
    expect(world.server.batches.at(-1)?.body.report.dropped).toBe(30);
    expect(world.storage).toHaveLength(0);
  });

  test("is not reported where later numbers arrive: the server sees the gap", async () => {
    down();
    const left = world.open();
    await left.ready();
    show(left, 1, 20);
    await pass(weekMs);
    show(left, 21, 30);
    await pass(1000);
    left.close();
    up();
    const next = world.open();
    await next.ready();
    await pass(grace);
    await next.impression(31);
    await next.flush();
    expect(next.stats).toMatchObject({ adopted: 30, dropped: 20, delivered: 11 });
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(21, 31));
    expect(world.server.batches.reduce((sum, { body }) => sum + body.report.dropped, 0)).toBe(0);
  });
});

describe("a batch dropped while it was under way", () => {
  test("takes no other with it when its answer comes", async () => {
    const client = world.open();
    await client.ready();
    const answer = world.server.hold();
    show(client, 1, 200);
    await pass();
    show(client, 201, 10_001);
    expect(client.stats.dropped).toBe(200);
    answer();
    await pass(120_000);
    expect(world.server.recorded).toEqual(range(1, 10_001));
    expect(client.stats).toMatchObject({ delivered: 9801, unsent: 0 });
  });
});

describe("storage that fails", () => {
  test.each([
    [
      "full",
      Object.assign(new MemoryStorage(), {
        setItem: () => {
          throw new Error("QuotaExceededError");
        },
      }),
    ],
    ["forbidden", null],
  ])("%s: the journal goes on in memory, and the report says so", async (_, storage) => {
    const client = world.open({ storage });
    down();
    show(client, 1, 25);
    await client.flush();
    await client.impression(26);
    expect(client.stats.journal).toBe("memory");
    up();
    await pass(15_000);
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(1, 26));
    expect(world.server.batches.at(-1)?.body.report.journal).toBe("memory");
    expect(world.lines("[Impressions] in memory only")).toHaveLength(storage ? 1 : 0);
  });
});

describe("impressions before the session is open", () => {
  test("wait in memory, and are written down once it is", async () => {
    let isUp = false;
    world.server.fault = () => (isUp ? undefined : "unreachable");
    const client = world.open();
    show(client, 1, 3);
    await pass(1000);
    expect(client.stats.unsent).toBe(3);
    expect(Object.keys(world.storage)).toEqual([]);
    isUp = true;
    await client.ready();
    await pass();
    expect(JSON.stringify(world.storage)).toContain('\\"artworkId\\":3');
    await pass(20_000);
    expect(world.server.recorded).toEqual([1, 2, 3]);
  });
});

describe("stats", () => {
  test("add up, whatever goes wrong", async () => {
    let turn = 0;
    world.server.fault = ({ path }) => {
      if (!path.endsWith("/batch-impressions")) return undefined;
      turn++;
      if (turn % 3 === 0) return "lost";
      if (turn % 5 === 0) return problem(503, "unavailable");
      return turn % 7 === 0 ? problem(400, "invalid_batch") : undefined;
    };
    const left = world.open();
    await left.ready();
    show(left, 1, 130);
    left.close();
    const client = world.open();
    for (let id = 200; id < 600; id += 10) {
      show(client, id, id + 9);
      await pass(3000);
      const { displayed, adopted, delivered, unsent, dropped, parked } = client.stats;
      expect(displayed + adopted).toBe(delivered + unsent + dropped);
      expect(unsent).toBeGreaterThanOrEqual(parked);
    }
    await pass(600_000);
    const { displayed, unsent, parked, delivered } = client.stats;
    expect(displayed).toBe(400);
    expect(unsent).toBe(parked);
    // An answer may be lost after the work, and the retry refused: recorded then, and still held. Never neither.
    expect(world.server.recorded.length).toBeGreaterThanOrEqual(delivered + left.stats.delivered);
    expect(530 - world.server.recorded.length).toBeLessThanOrEqual(parked);
  });
});
