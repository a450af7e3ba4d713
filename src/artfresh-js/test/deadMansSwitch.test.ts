import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeDatabase } from "./fakeDatabase.js";
import { pass, range, show, World } from "./world.js";

let world: World;
/** What the browser would send should the page die now. */
let armed: { url: string; body: { artworkIds: number[]; batchId: string; report: object; token: string } }[];
let arms: number;

beforeEach(() => {
  world = new World();
  armed = [];
  arms = 0;
  vi.stubGlobal("fetchLater", (url: string, { body, signal, method, credentials }: RequestInit) => {
    expect([method, credentials]).toEqual(["POST", "include"]);
    const request = { url, body: JSON.parse(body as string) };
    arms++;
    armed.push(request);
    signal?.addEventListener("abort", () => {
      armed = armed.filter((other) => other !== request);
    });
  });
});
afterEach(() => world.close());

const ids = () => armed.flatMap(({ body }) => body.artworkIds);

test("what is unsent is armed with its batch's id, as often as four times a second", async () => {
  const client = world.open();
  await client.ready();
  show(client, 1, 2);
  show(client, 3, 9);
  expect(arms).toBe(1);
  await pass(250);
  expect(ids()).toEqual(range(1, 9));
  expect(arms).toBe(2);
  expect(armed[0]).toMatchObject({
    url: "/api/artworks/batch-impressions",
    body: { token: "token-1", report: { transport: "later", reason: "hidden", attempts: 1 } },
  });
  const [{ body } = { body: undefined }] = armed;
  await client.flush();
  expect(world.server.batches[0]?.body.batchId).toBe(body?.batchId);
});

test("what an answer covers is armed no longer", async () => {
  const client = world.open();
  await client.ready();
  show(client, 1, 2);
  await pass(1000);
  expect(ids()).toEqual([1, 2]);
  await client.flush();
  await pass(250);
  expect(ids()).toEqual([]);
});

test("what goes when the page hides is not armed beside it", async () => {
  const client = world.open();
  await client.ready();
  show(client, 1, 2);
  world.setHidden(true);
  expect(ids()).toEqual([]);
  await pass(1000);
  expect(ids()).toEqual([]);
  expect(world.server.recorded).toEqual([1, 2]);
});

test("a quota that is used up does no harm", async () => {
  vi.stubGlobal("fetchLater", () => {
    throw new DOMException("used up", "QuotaExceededError");
  });
  const client = world.open();
  await client.ready();
  show(client, 1, 2);
  await client.flush();
  expect(world.server.recorded).toEqual([1, 2]);
});

test("with it and a journal on disk, impressions wait for company for ten minutes, or until they are fifty", async () => {
  vi.stubGlobal("indexedDB", new FakeDatabase().factory);
  const client = world.open();
  await client.ready();
  await client.impression(1);
  await pass(599_000);
  expect(world.server.batches).toEqual([]);
  await pass(1000);
  expect(world.server.recorded).toEqual([1]);
  show(client, 2, 50);
  await pass(1000);
  expect(world.server.recorded).toEqual([1]);
  client.impression(51);
  await pass();
  expect(world.server.recorded).toEqual(range(1, 51));
});
