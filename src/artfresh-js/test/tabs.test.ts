import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { grace, pass, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const down = () => {
  world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
};
const up = () => {
  world.server.fault = undefined;
};

describe("two tabs", () => {
  test("keep apart what they have, and neither sends what the other has", async () => {
    down();
    const left = world.open();
    const right = world.open();
    await left.ready();
    await right.ready();
    show(left, 1, 3);
    show(right, 11, 13);
    up();
    world.setHidden(false);
    await pass();
    expect(world.server.batches).toEqual([]);
    await pass(10_000);
    expect(world.server.batches.map(({ body }) => body.artworkIds)).toEqual([
      [1, 2, 3],
      [11, 12, 13],
    ]);
    expect([left.stats.duplicates, right.stats.duplicates]).toEqual([0, 0]);
  });

  test("both closed with the server down lose nothing: the third page replays both", async () => {
    down();
    for (const first of [1, 31]) {
      const tab = world.open();
      await tab.ready();
      show(tab, first, first + 29);
      await pass(60_000);
    }
    world.close();
    const { server, storage } = world;
    world = new World();
    const next = world.open({ fetch: server.fetch, storage });
    server.fault = undefined;
    await next.ready();
    await pass(grace);
    expect(server.recorded.sort((a, b) => a - b)).toEqual(range(1, 60));
    expect(next.stats).toMatchObject({ adopted: 60, delivered: 60 });
  });

  test("without Web Locks send what a dead one left, once each page that finds it", async () => {
    vi.stubGlobal("navigator", {});
    const dead = world.open();
    await dead.ready();
    show(dead, 1, 3);
    dead.close();
    const client = world.open();
    const ready = client.ready();
    world.setHidden(false);
    await ready;
    world.setHidden(false);
    world.setHidden(false);
    await pass(60_000);
    expect(world.server.batches.map(({ body }) => body.artworkIds)).toEqual([[3], [1, 2, 3]]);
    expect(client.stats).toMatchObject({ adopted: 3, delivered: 3, duplicates: 1 });
  });

  test("of which one dies: the other takes over, unasked", async () => {
    const dying = world.open();
    const living = world.open();
    await dying.ready();
    await living.ready();
    show(dying, 1, 3);
    await pass();
    dying.close();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual([1, 2, 3]);
    expect(living.stats).toMatchObject({ adopted: 3, delivered: 3, unsent: 0 });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("of which the younger dies: the leader has heard of it, and takes over", async () => {
    const leader = world.open();
    await leader.ready();
    await pass();
    const younger = world.open();
    await younger.ready();
    show(younger, 1, 3);
    await pass();
    younger.close();
    await pass(grace);
    expect(leader.stats).toMatchObject({ adopted: 3, delivered: 3 });
  });

  test("leave each other's last breath the time to arrive", async () => {
    const leader = world.open();
    await leader.ready();
    const dying = world.open();
    await dying.ready();
    show(dying, 1, 9);
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      if (seen.via !== "keepalive") return receive(seen, signal);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      void receive(seen, signal);
      // Nobody is there to hear it.
      return new Promise(() => {});
    };
    world.leave();
    dying.close();
    world.comeBack();
    await pass(grace);
    expect(world.server.batches.map(({ via, body }) => [via, body.artworkIds])).toEqual([
      ["keepalive", range(1, 9)],
      ["fetch", [9]],
    ]);
    expect(leader.stats).toMatchObject({ adopted: 9, delivered: 9, resent: 1 });
  });

  test("ask about what the dead ones sent with a batch of their own: no call more", async () => {
    const leader = world.open();
    await leader.ready();
    for (const first of [1, 11]) {
      const dying = world.open();
      await dying.ready();
      show(dying, first, first + 8);
      const receive = world.server.receive.bind(world.server);
      world.server.receive = (seen, signal) => {
        void receive(seen, signal);
        return new Promise(() => {});
      };
      world.leave();
      dying.close();
      world.server.receive = receive;
      world.comeBack();
      await pass();
    }
    show(leader, 21, 22);
    await leader.flush();
    await pass(grace);
    expect(world.server.batches.map(({ via, body }) => [via, body.artworkIds])).toEqual([
      ["keepalive", range(1, 9)],
      ["keepalive", range(11, 19)],
      ["fetch", [21, 22]],
    ]);
    expect(leader.stats).toMatchObject({ adopted: 18, delivered: 20, unsent: 0, resent: 0 });
  });

  test("share what they sent as they ended, so that any asks about it, and none has to send for it", async () => {
    const leader = world.open();
    await leader.ready();
    const dyingWindow = new EventTarget();
    const { window } = globalThis;
    vi.stubGlobal("window", dyingWindow);
    const dying = world.open();
    await dying.ready();
    vi.stubGlobal("window", window);
    const living = world.open();
    await living.ready();
    show(dying, 1, 9);
    const channel = new BroadcastChannel("artfresh");
    let shared: unknown;
    channel.onmessage = ({ data }) => {
      shared = data;
    };
    const receive = world.server.receive.bind(world.server);
    world.server.receive = (seen, signal) => {
      void receive(seen, signal);
      return new Promise(() => {});
    };
    dyingWindow.dispatchEvent(new Event("pagehide"));
    dying.close();
    world.server.receive = receive;
    show(living, 21, 22);
    await living.flush();
    await pass(grace);
    expect(world.server.batches.map(({ body }) => [body.artworkIds, body.earlier])).toEqual([
      [range(1, 9), undefined],
      [[21, 22], ["token-2"]],
    ]);
    // The message may arrive late.
    channel.postMessage(shared);
    living.impression(23);
    await living.flush();
    expect(living.stats).toMatchObject({ adopted: 9, delivered: 12, unsent: 0 });
    expect(leader.stats).toMatchObject({ adopted: 0, unsent: 0 });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("learn from the leader what a dead one left, so that any asks about it", async () => {
    const leader = world.open();
    await leader.ready();
    const dying = world.open();
    await dying.ready();
    const living = world.open();
    await living.ready();
    show(dying, 1, 9);
    await pass();
    dying.close();
    await pass();
    show(living, 21, 22);
    await living.flush();
    expect(world.server.batches[0]?.body.earlier).toEqual(["token-2"]);
  });

  test("give what went as its page ended the time until a batch of their own asks, ten seconds at most", async () => {
    vi.stubGlobal("Request", class {});
    const leader = world.open();
    await leader.ready();
    const dying = world.open();
    await dying.ready();
    show(dying, 1, 9);
    world.leave();
    dying.close();
    world.comeBack();
    await pass(9000);
    expect(world.server.batches.map(({ via }) => via)).toEqual(["beacon"]);
    await pass(1000);
    expect(world.server.batches.map(({ body }) => body.artworkIds)).toEqual([range(1, 9), [9]]);
    expect(leader.stats).toMatchObject({ adopted: 9, delivered: 9 });
  });

  test("ask about what never arrived, and send it", async () => {
    const leader = world.open();
    await leader.ready();
    const dying = world.open();
    await dying.ready();
    show(dying, 1, 9);
    await pass();
    dying.close();
    await pass();
    show(leader, 21, 22);
    await leader.flush();
    await pass(grace);
    expect(world.server.batches[0]?.body.earlier).toHaveLength(1);
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual([...range(1, 9), 21, 22]);
    expect(leader.stats).toMatchObject({ adopted: 9, delivered: 11, unsent: 0, duplicates: 1 });
  });

  test("and three more, whose leader dies, then the next: nothing is stranded, and one page alone takes it over", async () => {
    down();
    const tabs = Array.from({ length: 5 }, () => world.open());
    for (const [i, tab] of tabs.entries()) {
      await tab.ready();
      show(tab, 10 * i + 1, 10 * i + 3);
      await pass();
    }
    for (const tab of tabs.slice(0, 4)) {
      tab.close();
      await pass(1000);
    }
    up();
    await pass(120_000);
    const last = tabs[4]?.stats;
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(
      [0, 10, 20, 30, 40].flatMap((first) => range(first + 1, first + 3)),
    );
    expect(last).toMatchObject({ adopted: 12, delivered: 15, unsent: 0 });
    expect(Object.keys(world.storage)).toEqual([]);
  });

  test("that are new at the same moment sign in one after the other, or they would be two listeners", async () => {
    let underWay = 0;
    let most = 0;
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      if (seen.path !== "/api/sign-in/guest") return receive(seen, signal);
      most = Math.max(most, ++underWay);
      const answer = await receive(seen, signal);
      underWay--;
      return answer;
    };
    await Promise.all([world.open().ready(), world.open().ready()]);
    expect(most).toBe(1);
  });

  test("go past one that was frozen while it signed in", async () => {
    void navigator.locks.request("artfresh:sign-in", () => new Promise(() => {}));
    await pass();
    const ready = world.open().ready();
    await pass(9_000);
    expect(world.server.requests).toEqual([]);
    await pass(2_000);
    expect((await ready).sessionId).toBeDefined();
  });

  test("leave no timer behind their sign-in, which would keep a program of Node from ending", async () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    await world.open().ready();
    const timers = set.mock.results.flatMap(({ value }, i) =>
      set.mock.calls[i]?.[1] === 10_000 ? [value] : [],
    );
    expect(timers).toHaveLength(1);
    expect(cleared.mock.calls.map(([timer]) => timer)).toContain(timers[0]);
    set.mockRestore();
    cleared.mockRestore();
  });
});
