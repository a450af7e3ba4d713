import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pass, World } from "./world.js";

let world: World;
/** A little more than the time between two questions. */
const interval = 6050;
const asked = () => world.server.requests.filter(({ path }) => path.startsWith("/api/withdrawals"));

beforeEach(() => {
  world = new World();
  world.server.withdrawn = [90];
});
afterEach(() => world.close());

describe("A page that asks for nothing", () => {
  test("hears of a withdrawal within 10 s, though it is of many, and takes it down", async () => {
    const client = world.open();
    const heard: number[] = [];
    client.whenWithdrawn((ids) => heard.push(...ids));
    const [first] = await client.fresh({ count: 3 });
    await client.impression(first?.id as number);
    await client.flush();
    await pass(interval);
    expect(heard).toEqual([]);
    world.server.withdrawn?.push(91, 92, 1, 93, 94);
    await pass(interval);
    expect(heard).toEqual([91, 92, 1, 93, 94]);
    const count = asked().length;
    await pass(interval);
    expect(asked()).toHaveLength(count + 1);
    expect(asked().at(-1)?.path).toBe("/api/withdrawals?since=6");
  });

  test("asks by the same address as all others, and without their token", async () => {
    const client = world.open({
      getToken: async () => `x.${btoa(JSON.stringify({ sub: "ann" }))}.x`,
    });
    await client.ready();
    await client.impression(1);
    await pass(interval);
    expect(asked().map(({ path, bearer }) => [path, bearer])).toEqual([
      ["/api/withdrawals?since=1", undefined],
    ]);
  });

  test("asks nothing before it shows art, while nobody sees it, and of a server that cannot tell", async () => {
    const client = world.open();
    await client.ready();
    await pass(3 * interval);
    expect(asked()).toEqual([]);
    await client.impression(1);
    world.setHidden(true);
    await pass(3 * interval);
    expect(asked()).toEqual([]);
    world.setHidden(false);
    await pass(0);
    expect(asked()).toHaveLength(1);
    client.close();
    await pass(3 * interval);
    expect(asked()).toHaveLength(1);

    world.server.withdrawn = undefined;
    const older = world.open();
    await older.ready();
    await older.impression(1);
    await pass(3 * interval);
    expect(asked()).toHaveLength(1);
  });

  test("goes on after an answer that failed", async () => {
    const client = world.open();
    const heard: number[] = [];
    client.whenWithdrawn((ids) => heard.push(...ids));
    await client.ready();
    await client.impression(1);
    world.server.withdrawn?.push(1);
    world.server.fault = ({ path }) => (path.includes("withdrawals") ? "unreachable" : undefined);
    await pass(2 * interval);
    world.server.fault = undefined;
    await pass(interval);
    expect(heard).toEqual([1]);
  });
});
