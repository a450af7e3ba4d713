import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pass, problem, range, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

/** Does something whenever a request to this path is under way. */
function during(path: string, act: () => void): void {
  const receive = world.server.receive.bind(world.server);
  world.server.receive = async (seen, signal) => {
    if (seen.path.endsWith(path)) act();
    return receive(seen, signal);
  };
}

const recordedOf = (listener: string) =>
  [...world.server.sessions.values()]
    .filter(({ listenerId }) => listenerId === listener)
    .flatMap(({ arrived }) => [...arrived.values()]);

test("a browser that forgets its listener has nothing of them left, and the server has all that was shown", async () => {
  const client = world.open();
  await client.fresh({ count: 2 });
  await client.impression(1);
  await client.forget();
  expect(world.server.recorded).toEqual([1]);
  expect(JSON.stringify(world.storage)).not.toContain("guest-1");
  const signOuts = world.server.requests.filter(({ path }) => path.endsWith("/sign-out"));
  expect(signOuts.map(({ credentials }) => credentials)).toEqual(["include"]);
  expect(client.listenerId).toBeUndefined();
  await pass();
  expect((await client.ready()).listenerId).toBe("guest-2");
});

test("a client that is closed as soon as its listener is forgotten signs nobody in, whatever shows art", async () => {
  const client = world.open();
  await client.fresh({ count: 2 });
  const asked: Promise<unknown>[] = [];
  client.whenListenerChanges(() => setTimeout(() => asked.push(client.fresh().catch((error) => error.code))));
  during("/end", () => void vi.advanceTimersByTime(0));
  await client.forget();
  client.close();
  await pass(60_000);
  expect(await Promise.all(asked)).toEqual(["client_closed"]);
  expect(world.server.requests.filter(({ path }) => path.endsWith("/guest"))).toHaveLength(1);
});

test("what comes on screen while the listener is forgotten is delivered as theirs", async () => {
  const client = world.open();
  await client.fresh({ count: 10 });
  await client.impression(1);
  let isTold = false;
  let next = 2;
  client.whenListenerChanges(() => {
    isTold = true;
  });
  // As fast as it can until it is told.
  const show = () => void (isTold || client.impression(next++));
  for (const path of ["/batch-impressions", "/sign-out", "/end"]) during(path, show);
  await client.forget();
  expect(next).toBeGreaterThan(3);
  expect(recordedOf("guest-1")).toEqual(range(1, next - 1));
  expect(client.stats).toMatchObject({ displayed: next - 1, delivered: next - 1, dropped: 0, unsent: 0 });
  expect(JSON.stringify(world.storage)).not.toContain("guest-1");
});

test("what comes on screen as the page is told that its listener parts is theirs, and no flicker of the next one's", async () => {
  const client = world.open();
  await client.fresh({ count: 3 });
  await client.impression(1);
  client.whenListenerChanges(() => void client.impression(2));
  during("/end", () => void client.impression(3));
  await client.forget();
  expect(JSON.stringify(world.storage)).not.toContain("guest-1");
  await pass();
  await client.ready();
  await client.flush();
  expect(recordedOf("guest-1")).toEqual([1, 2, 3]);
  // The catalogue may serve both the same artwork.
  for (const id of range(1, 3)) await client.impression(id);
  await client.flush();
  expect(recordedOf("guest-2")).toEqual([1, 2, 3]);
  expect(client.stats).toMatchObject({ displayed: 6, delivered: 6, skipped: 0, dropped: 0, unsent: 0 });
});

test("what a server that fails has not taken is dropped and counted", async () => {
  const client = world.open();
  await client.fresh({ count: 2 });
  await client.impression(1);
  world.server.fault = ({ path }) =>
    path.endsWith("/batch-impressions") ? problem(503, "unavailable") : undefined;
  await client.forget();
  expect(client.stats).toMatchObject({ displayed: 1, dropped: 1, unsent: 0 });
  expect(JSON.stringify(world.storage)).not.toContain("guest-1");
  world.server.fault = undefined;
  await pass(60_000);
  expect(world.server.recorded).toEqual([]);
});
