import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { grace, pass, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** A page shows 1 to 9, hides, is back, and sends 10 to 12 when what went has had the time to arrive. */
async function hideAndFlushAgain() {
  const client = world.open();
  await client.ready();
  show(client, 1, 9);
  world.setHidden(true);
  await pass();
  world.setHidden(false);
  await pass(4000);
  show(client, 10, 12);
  await pass(4000);
  await client.flush();
  return client;
}

describe("when the page is back in sight", () => {
  test("a queued beacon is no delivery: unanswered, it goes again under the same id when the page is back", async () => {
    const client = world.open();
    await client.ready();
    world.server.fault = ({ via }) => (via === "fetch" ? undefined : "unreachable");
    show(client, 1, 3);
    world.setHidden(true);
    await pass(60_000);
    expect(client.stats).toMatchObject({ delivered: 0, unsent: 3 });
    world.setHidden(false);
    await pass(grace);
    const { batchId } = world.server.batches[0]?.body ?? {};
    const again = world.server.batches.filter(({ via }) => via === "fetch").map(({ body }) => body);
    expect(again).toMatchObject([
      { batchId, artworkIds: [3], report: { displayed: 0, transport: "fetch", reason: "replay" } },
      {
        batchId,
        artworkIds: [1, 2, 3],
        report: { displayed: 3, transport: "fetch", reason: "replay", beacons: 1 },
      },
    ]);
    expect(world.server.recorded.sort()).toEqual([1, 2, 3]);
    expect(client.stats).toMatchObject({ delivered: 3, unsent: 0 });
  });

  test("a beacon that did arrive costs one impression to find out", async () => {
    vi.stubGlobal("Request", class {});
    const client = world.open();
    await client.ready();
    show(client, 1, 19);
    world.setHidden(true);
    await pass();
    expect(client.stats).toMatchObject({ delivered: 0, unsent: 19 });
    world.setHidden(false);
    await pass(grace);
    expect(client.stats).toMatchObject({ delivered: 19, unsent: 0, resent: 1, duplicates: 1 });
  });

  test("a page that is back waits for what is under way, and asks only when it hears nothing", async () => {
    const client = world.open();
    await client.ready();
    show(client, 1, 9);
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      return receive(seen, signal);
    };
    world.setHidden(true);
    await pass(500);
    world.setHidden(false);
    await pass(10_000);
    expect(world.server.batches.map(({ via }) => via)).toEqual(["keepalive"]);
    expect(client.stats).toMatchObject({ delivered: 9, resent: 0, duplicates: 0 });
  });

  test("a page that is back and shows art asks with its next batch what became of what went", async () => {
    vi.stubGlobal("Request", class {});
    const client = await hideAndFlushAgain();
    await pass(60_000);
    expect(world.server.batches.map(({ via, body }) => [via, body.artworkIds])).toEqual([
      ["beacon", range(1, 9)],
      ["fetch", range(10, 12)],
    ]);
    expect(client.stats).toMatchObject({ delivered: 12, unsent: 0, resent: 0 });
  });

  test("and when that tells that it never arrived, it goes whole", async () => {
    vi.stubGlobal("Request", class {});
    world.server.fault = ({ via }) => (via === "beacon" ? "unreachable" : undefined);
    const client = await hideAndFlushAgain();
    expect(world.server.batches.slice(1).map(({ body }) => body.artworkIds)).toEqual([
      range(10, 12),
      range(1, 9),
    ]);
    expect(client.stats).toMatchObject({ delivered: 12, unsent: 0, duplicates: 0 });
  });

  test("but not what another session's batch, left by a dead page, tells nothing of", async () => {
    vi.stubGlobal("Request", class {});
    const client = world.open();
    await client.ready();
    const dying = world.open();
    await dying.ready();
    show(client, 1, 9);
    world.setHidden(true);
    await pass();
    world.setHidden(false);
    await pass(1000);
    show(dying, 31, 33);
    await pass();
    dying.close();
    await pass(8000);
    expect(client.stats).toMatchObject({ adopted: 3, unsent: 9 });
    await pass(2000);
    expect(client.stats).toMatchObject({ delivered: 12, unsent: 0, resent: 1 + 3 });
  });

  test("but not what has not had the time to arrive", async () => {
    vi.stubGlobal("Request", class {});
    const client = world.open();
    await client.ready();
    show(client, 1, 9);
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      if (seen.via === "beacon") await new Promise((resolve) => setTimeout(resolve, 3000));
      return receive(seen, signal);
    };
    world.setHidden(true);
    await pass();
    world.setHidden(false);
    show(client, 10, 12);
    await client.flush();
    await pass(20_000);
    expect(client.stats).toMatchObject({ delivered: 12, unsent: 0, resent: 1, duplicates: 1 });
  });

  test("a page that is back waits with its question ten seconds at most", async () => {
    vi.stubGlobal("Request", class {});
    world.server.fault = ({ via }) => (via === "beacon" ? "unreachable" : undefined);
    const client = world.open({ flushDelay: 600_000 });
    await client.ready();
    show(client, 1, 9);
    world.setHidden(true);
    await pass();
    world.setHidden(false);
    show(client, 10, 12);
    await pass(9900);
    expect(world.server.recorded).toEqual([]);
    await pass(200);
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(1, 12));
  });

  test("a page that hides again before it asks, asks when it is back", async () => {
    vi.stubGlobal("Request", class {});
    const client = world.open();
    await client.ready();
    show(client, 1, 9);
    world.setHidden(true);
    await pass(500);
    world.setHidden(false);
    await pass(500);
    world.setHidden(true);
    await pass(20_000);
    expect(world.server.batches.map(({ via }) => via)).toEqual(["beacon"]);
    world.setHidden(false);
    await pass(grace);
    expect(client.stats).toMatchObject({ delivered: 9, unsent: 0, resent: 1 });
  });
});
