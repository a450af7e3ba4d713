import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { grace, pass, problem, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("when the page hides", () => {
  test("all that is unsent goes in a way that outlives the page, as text with the session's token", async () => {
    const client = world.open();
    await client.ready();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    const [batch] = world.server.batches;
    expect(batch).toMatchObject({ via: "keepalive", type: "text/plain" });
    expect(batch?.body).toMatchObject({
      token: "token-1",
      artworkIds: [1, 2, 3],
      report: { transport: "keepalive", reason: "hidden", attempts: 1, beacons: 1 },
    });
    expect(world.server.recorded).toEqual([1, 2, 3]);
    expect(client.stats).toMatchObject({ delivered: 3, unsent: 0 });
    expect(world.lines("[Impressions] flushed")).toEqual(["[Impressions] flushed 3 (hidden, keepalive)"]);
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

  test("a beacon stands in for what the browser refuses, under the same id", async () => {
    world.server.fault = ({ via }) => (via === "keepalive" ? "unreachable" : undefined);
    const client = world.open();
    await client.ready();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    const [refused, beacon] = world.server.batches;
    expect(beacon).toMatchObject({
      via: "beacon",
      type: "text/plain",
      body: {
        batchId: refused?.body.batchId,
        token: "token-1",
        report: { transport: "beacon", attempts: 1, beacons: 1 },
      },
    });
    expect(world.server.recorded).toEqual([1, 2, 3]);
  });

  test("an answer covers what was sent, though something before it is missing", async () => {
    const counts = { recorded: 1, duplicates: 0, repeats: 0, unknown: [], highWater: 0 };
    world.server.fault = ({ via }) => (via === "keepalive" ? Response.json(counts) : undefined);
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass();
    expect(client.stats).toMatchObject({ delivered: 1, unsent: 0 });
  });

  test.each([200, 5000])(
    "no beacon follows what was under way and broke off after %i ms: it may have arrived",
    async (ms) => {
      const client = world.open();
      await client.ready();
      show(client, 1, 9);
      const receive = world.server.receive.bind(world.server);
      world.server.receive = async (seen, signal) => {
        const answer = await receive(seen, signal);
        if (seen.via !== "keepalive") return answer;
        await new Promise((resolve) => setTimeout(resolve, ms));
        throw new TypeError("Failed to fetch");
      };
      world.setHidden(true);
      await pass(10_000);
      world.setHidden(false);
      await pass(grace);
      expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive", "fetch"]);
      expect(client.stats).toMatchObject({ delivered: 9, resent: 1, duplicates: 1 });
    },
  );

  test("no beacon follows what a page finds broken off that was away for a moment only", async () => {
    const client = world.open();
    await client.ready();
    show(client, 1, 9);
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      const answer = await receive(seen, signal);
      if (seen.via !== "keepalive") return answer;
      world.document.hidden = false;
      throw new TypeError("Failed to fetch");
    };
    world.setHidden(true);
    await pass();
    world.setHidden(false);
    await pass(grace);
    expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive", "fetch"]);
    expect(client.stats).toMatchObject({ delivered: 9, resent: 1, duplicates: 1 });
  });

  test("a beacon goes at once in a browser whose requests end with their page", async () => {
    vi.stubGlobal("Request", class {});
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass();
    expect(world.server.batches.map(({ via }) => via)).toEqual(["beacon"]);
  });

  test("where there are no beacons either, or they throw, a plain request follows while the page is hidden", async () => {
    world.server.fault = ({ via }) => (via === "keepalive" ? "unreachable" : undefined);
    vi.spyOn(navigator, "sendBeacon").mockImplementation(() => {
      throw new Error("blocked");
    });
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass(8000);
    expect(world.server.recorded).toEqual([1]);
    world.setHidden(false);
    await pass(grace);
    expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive", "fetch"]);
    expect(client.stats).toMatchObject({ delivered: 1, unsent: 0 });
  });

  test("a server in trouble is tried again though the page stays hidden", async () => {
    let isUp = false;
    world.server.fault = ({ path }) =>
      path.endsWith("impressions") && !isUp ? problem(503, "unavailable", { "retry-after": "5" }) : undefined;
    const client = world.open();
    await client.ready();
    client.impression(1);
    world.setHidden(true);
    await pass();
    isUp = true;
    await pass(4000);
    expect(world.server.batches).toHaveLength(1);
    await pass(2000);
    expect(world.server.recorded).toEqual([1]);
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
    expect(client.stats.unsent).toBeGreaterThan(500);
    world.setHidden(false);
    await pass();
    expect(world.server.recorded.sort()).toEqual(range(8e15, 8e15 + 2499));
    expect(client.stats.unsent).toBe(0);
  });

  test("what is shown while hidden goes by itself; what a beacon has waits for the page to be back", async () => {
    vi.stubGlobal("Request", class {});
    world.server.fault = ({ via }) => (via === "beacon" ? "unreachable" : undefined);
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

  test("a batch under way outlives the page by itself, and does not go again", async () => {
    const client = world.open();
    await client.ready();
    const answer = world.server.hold();
    client.impression(1);
    void client.flush();
    await pass();
    world.setHidden(true);
    await pass();
    answer();
    await pass();
    expect(world.server.batches.map(({ via }) => via)).toEqual(["fetch"]);
    expect(client.stats).toMatchObject({ delivered: 1, duplicates: 0, unsent: 0 });
  });

  test("without a batch endpoint each impression goes by itself", async () => {
    world.server.delivery = "single";
    const client = world.open();
    await client.ready();
    show(client, 7, 9);
    world.setHidden(true);
    await pass();
    expect(world.server.requests.filter(({ via }) => via === "keepalive").map(({ path }) => path)).toEqual([
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
    await pass(grace);
    client.impression(2);
    expect(client.stats.adopted).toBe(1);
    world.setHidden(true);
    await pass();
    const last = world.server.batches.filter(({ via }) => via === "keepalive");
    expect(last.map(({ body }) => [body.artworkIds, body.token])).toEqual([[[2], "token-2"]]);
  });

  test("beacons go to the server's origin, and are counted as calls", async () => {
    vi.stubGlobal("Request", class {});
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
    await pass(grace);
    expect(world.server.recorded).toEqual([1]);
  });
});
