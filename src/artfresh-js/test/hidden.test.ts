import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pass, problem, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("when the page hides", () => {
  test("all that is unsent goes by beacon, as text with the session's token", async () => {
    const client = world.open();
    await client.ready();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    const [batch] = world.server.batches;
    expect(batch).toMatchObject({ via: "beacon", type: "text/plain" });
    expect(batch?.body).toMatchObject({
      token: "token-1",
      artworkIds: [1, 2, 3],
      report: { transport: "beacon", reason: "hidden", attempts: 1 },
    });
    expect(world.server.recorded).toEqual([1, 2, 3]);
    expect(world.lines("[Impressions] flushed")).toEqual(["[Impressions] flushed 3 (hidden, beacon)"]);
  });

  test("pagehide alone does it too, and after hiding it sends nothing twice", async () => {
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.leave();
    await pass();
    expect(world.server.recorded).toEqual([1]);
    client.impression(2);
    world.setHidden(true);
    world.leave();
    await pass();
    expect(world.server.batches.map(({ body }) => body.artworkIds)).toEqual([[1], [2]]);
  });

  test("keepalive stands in for a beacon that the browser refuses", async () => {
    world.takesBeacons = false;
    const client = world.open();
    await client.ready();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    expect(world.server.batches).toMatchObject([
      {
        via: "keepalive",
        type: "text/plain",
        body: { token: "token-1", report: { transport: "keepalive" } },
      },
    ]);
    expect(world.server.recorded).toEqual([1, 2, 3]);
  });

  test("keepalive stands in where there are no beacons at all, or they throw", async () => {
    vi.stubGlobal("navigator", {
      sendBeacon: () => {
        throw new Error("blocked");
      },
    });
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass();
    expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive"]);
    vi.stubGlobal("navigator", {});
    client.impression(2);
    world.setHidden(true);
    await pass();
    expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive", "keepalive"]);
  });

  test("what goes stays below 60 KiB in all; the rest is kept and goes later", async () => {
    const client = world.open({ flushSize: 1e9, flushDelay: 1e9 });
    await client.ready();
    show(client, 8e15, 8e15 + 2499);
    world.setHidden(true);
    await pass();
    const bytes = world.server.batches.reduce((sum, { body }) => sum + JSON.stringify(body).length, 0);
    expect(bytes).toBeLessThan(60 * 1024);
    expect(bytes).toBeGreaterThan(50 * 1024);
    expect(client.stats.unsent).toBe(2500);
    world.setHidden(false);
    await pass();
    expect(world.server.recorded.sort()).toEqual(range(8e15, 8e15 + 2499));
    expect(client.stats.unsent).toBe(0);
  });

  test("a queued beacon is no delivery: unanswered, it goes again under the same id when the page is back", async () => {
    const client = world.open();
    await client.ready();
    world.server.fault = ({ via }) => (via === "beacon" ? "unreachable" : undefined);
    show(client, 1, 3);
    world.setHidden(true);
    await pass(60_000);
    expect(client.stats).toMatchObject({ delivered: 0, unsent: 3 });
    world.setHidden(false);
    await pass();
    const [beacon, again] = world.server.batches.map(({ body }) => body);
    expect(again).toMatchObject({
      batchId: beacon.batchId,
      artworkIds: beacon.artworkIds,
      report: { transport: "fetch", reason: "replay", attempts: 2 },
    });
    expect(world.server.recorded).toEqual([1, 2, 3]);
    expect(client.stats).toMatchObject({ delivered: 3, unsent: 0 });
  });

  test("what is shown while hidden goes by itself; what the beacon has waits for the page to be back", async () => {
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass();
    client.impression(2);
    await pass(10_000);
    expect(world.server.batches.map(({ via, body }) => [via, body.artworkIds])).toEqual([
      ["beacon", [1]],
      ["fetch", [2]],
    ]);
  });

  test("a batch under way goes by beacon as well, and its own answer still covers it", async () => {
    const client = world.open();
    await client.ready();
    let answer = () => {};
    const gate = new Promise<void>((open) => {
      answer = open;
    });
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      if (seen.via === "fetch") await gate;
      return receive(seen, signal);
    };
    client.impression(1);
    void client.flush();
    await pass();
    world.setHidden(true);
    await pass();
    answer();
    await pass();
    expect(world.server.batches.map(({ via }) => via)).toEqual(["beacon", "fetch"]);
    expect(client.stats).toMatchObject({ delivered: 1, duplicates: 1, unsent: 0 });
  });

  test("without a batch endpoint each impression is a beacon of its own", async () => {
    world.server.delivery = "single";
    const client = world.open();
    await client.ready();
    show(client, 7, 9);
    world.setHidden(true);
    await pass();
    expect(world.server.requests.filter(({ via }) => via === "beacon").map(({ path }) => path)).toEqual([
      "/api/artworks/7/impression",
      "/api/artworks/8/impression",
      "/api/artworks/9/impression",
    ]);
    expect(world.server.recorded).toEqual([7, 8, 9]);
  });

  test("what the server refused for good is not sent", async () => {
    world.server.fault = ({ via, path }) =>
      via === "fetch" && path.endsWith("batch-impressions") ? problem(400, "invalid_batch") : undefined;
    const client = world.open();
    client.impression(1);
    await client.flush();
    world.setHidden(true);
    world.setHidden(false);
    await pass();
    expect(world.server.batches.map(({ via }) => via)).toEqual(["fetch"]);
  });

  test("what an earlier page left is not sent in this session's name", async () => {
    world.server.fault = ({ via, path }) =>
      via === "fetch" && path.endsWith("batch-impressions") ? "unreachable" : undefined;
    const dead = world.open();
    await dead.ready();
    dead.impression(1);
    dead.close();
    const client = world.open();
    await client.ready();
    client.impression(2);
    await pass();
    expect(client.stats.adopted).toBe(1);
    world.setHidden(true);
    await pass();
    const beacons = world.server.batches.filter(({ via }) => via === "beacon");
    expect(beacons.map(({ body }) => [body.artworkIds, body.token])).toEqual([[[2], "token-2"]]);
  });

  test("beacons go to the server's origin, and are counted as calls", async () => {
    const send = vi.spyOn(navigator, "sendBeacon");
    const client = world.open({ baseUrl: "https://art.example" });
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass();
    expect(send.mock.calls[0]?.[0]).toBe("https://art.example/api/artworks/batch-impressions");
    expect(client.stats.calls).toBe(world.server.requests.length);
  });
});

describe("the back/forward cache", () => {
  test("gives the page back, and it goes on", async () => {
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.server.fault = ({ via }) => (via === "beacon" ? "unreachable" : undefined);
    world.leave();
    await pass();
    world.comeBack();
    await pass();
    client.impression(2);
    await pass(10_000);
    expect(world.server.recorded).toEqual([1, 2]);
    expect(world.server.sessions.size).toBe(1);
  });

  test("is not kept shut by a lock: another page may adopt what was left, and gives it back unharmed", async () => {
    const client = world.open();
    await client.ready();
    world.server.fault = ({ via }) => (via === "beacon" ? "unreachable" : undefined);
    client.impression(1);
    world.leave();
    await pass();
    await world.open().ready();
    await pass();
    expect(world.server.recorded).toEqual([1]);
    world.comeBack();
    await pass();
    expect(client.stats).toMatchObject({ delivered: 1, unsent: 0, duplicates: 1 });
  });
});

describe("close", () => {
  test("takes the listeners off and sends no more; what is unsent is kept for the next page", async () => {
    const client = world.open();
    await client.ready();
    client.impression(1);
    client.close();
    world.setHidden(true);
    world.leave();
    world.setHidden(false);
    await pass(60_000);
    expect(world.server.batches).toEqual([]);
    await world.open().ready();
    await pass();
    expect(world.server.recorded).toEqual([1]);
  });
});
