import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as keep from "../src/durable/keep.js";
import { pass, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("what makes impressions outlive the page", () => {
  test("may come late: an impression is not written down before, and so not shown", async () => {
    let come = () => {};
    const client = world.open({}, () => new Promise((resolve) => (come = () => resolve(keep))));
    await client.ready();
    let isWritten = false;
    const written = client.impression(1).then(() => {
      isWritten = true;
    });
    await pass(5000);
    expect(isWritten).toBe(false);
    come();
    await written;
    expect(Object.keys(world.storage)).toHaveLength(1);
  });

  test("may come after the page hid: it sends what waited then", async () => {
    let come = () => {};
    const client = world.open({}, () => new Promise((resolve) => (come = () => resolve(keep))));
    await client.ready();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    expect(world.server.recorded).toEqual([]);
    come();
    await pass();
    expect(world.server.recorded).toEqual([1, 2, 3]);
    expect(world.server.batches[0]).toMatchObject({
      via: "keepalive",
      body: { report: { reason: "hidden" } },
    });
  });

  test("may never come: the page that hides sends without it", async () => {
    const client = world.open({}, () => Promise.reject(new TypeError("Failed to fetch module")));
    await client.ready();
    await pass();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    expect(world.server.recorded).toEqual([1, 2, 3]);
    expect(world.server.batches[0]?.body.report).toMatchObject({ reason: "hidden", journal: "memory" });
  });

  test("is loaded again where that failed, and takes over what memory held", async () => {
    let tries = 0;
    const client = world.open({}, async () => {
      if (tries++ < 1) throw new TypeError("Failed to fetch module");
      return keep;
    });
    await client.ready();
    await client.impression(1);
    expect(client.stats.journal).toBe("memory");
    expect(Object.keys(world.storage)).toHaveLength(0);
    await pass(5000);
    expect(tries).toBe(2);
    expect(client.stats.journal).toBe("localstorage");
    expect(Object.keys(world.storage)).toHaveLength(1);
    world.setHidden(true);
    await pass();
    expect(world.server.recorded).toEqual([1]);
    expect(world.server.batches).toHaveLength(1);
    expect(world.server.batches[0]).toMatchObject({ via: "keepalive" });
  });

  test("is not loaded again once the client is closed", async () => {
    let tries = 0;
    const client = world.open({}, () => {
      tries++;
      return Promise.reject(new TypeError("Failed to fetch module"));
    });
    await pass();
    client.close();
    await pass(120_000);
    expect(tries).toBe(1);
  });

  test("a page that hides before its session is open sends when it is", async () => {
    const answer = world.server.hold();
    const client = world.open();
    void client.ready();
    show(client, 1, 3);
    world.setHidden(true);
    await pass();
    answer();
    await pass();
    expect(world.server.recorded).toEqual([1, 2, 3]);
  });
});

test("a page that closed its client before it came has nothing listening afterwards", async () => {
  let come = () => {};
  const client = world.open({}, () => new Promise((resolve) => (come = () => resolve(keep))));
  await client.ready();
  client.impression(1);
  world.setHidden(true);
  client.close();
  come();
  await pass();
  client.impression(2);
  world.setHidden(false);
  world.setHidden(true);
  await pass();
  expect(world.server.batches).toEqual([]);
});
