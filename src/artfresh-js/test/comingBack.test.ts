import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { grace, pass, range, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const lost = () => {
  world.server.fault = ({ via }) => (via === "fetch" ? undefined : "unreachable");
};

describe.each([
  ["the back/forward cache", () => world.leave(), () => world.comeBack()],
  ["the freezer", () => world.setFrozen(true), () => world.setFrozen(false)],
])("%s", (_, leave, comeBack) => {
  test("gives the page back, and it goes on", async () => {
    const client = world.open();
    await client.ready();
    client.impression(1);
    lost();
    leave();
    await pass();
    comeBack();
    await pass();
    client.impression(2);
    await pass(10_000);
    expect(world.server.recorded.sort()).toEqual([1, 2]);
    expect(world.server.sessions.size).toBe(1);
  });

  test("is not kept shut by a lock: another page takes over what was left, and it comes back unharmed", async () => {
    const client = world.open();
    await client.ready();
    lost();
    show(client, 1, 9);
    leave();
    await pass();
    const other = world.open();
    await other.ready();
    await pass(grace);
    expect(world.server.recorded.sort()).toEqual(range(1, 9));
    expect(other.stats).toMatchObject({ adopted: 9, delivered: 9 });
    comeBack();
    await pass(grace);
    expect(client.stats).toMatchObject({ delivered: 9, unsent: 0, duplicates: 1 });
    client.impression(10);
    await client.flush();
    expect(world.server.recorded.sort((a, b) => a - b)).toEqual(range(1, 10));
  });

  test("takes no leftovers of others along: the page that leads next has them", async () => {
    world.server.fault = ({ path }) => (path.endsWith("impressions") ? "unreachable" : undefined);
    const dead = world.open();
    await dead.ready();
    show(dead, 1, 3);
    dead.close();
    const leader = world.open();
    await leader.ready();
    await pass(grace);
    expect(leader.stats).toMatchObject({ adopted: 3, unsent: 3 });
    leave();
    await pass();
    expect(leader.stats).toMatchObject({ adopted: 0, unsent: 0 });
    const next = world.open();
    await next.ready();
    world.server.fault = undefined;
    await pass(grace);
    expect(next.stats).toMatchObject({ adopted: 3, delivered: 3 });
    expect(Object.keys(world.storage)).toEqual([]);
  });
});

describe("a page rendered ahead of a click", () => {
  test("opens no session, and so spends no art, before a person is there", async () => {
    const page = Object.assign(document, { prerendering: true });
    const client = world.open();
    const ready = client.ready();
    await pass(60_000);
    expect(world.server.requests).toEqual([]);
    page.prerendering = false;
    page.dispatchEvent(new Event("prerenderingchange"));
    await expect(ready).resolves.toMatchObject({ listenerId: "guest-1" });
  });
});
