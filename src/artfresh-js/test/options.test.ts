import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArtFreshError, createClient } from "../src/index.js";
import { pass, problem, type Server, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("an option", () => {
  test("given as undefined has its default", async () => {
    const info = vi.spyOn(console, "info").mockImplementation(() => {});
    vi.stubGlobal("fetch", world.server.fetch);
    const client = world.open({
      baseUrl: undefined,
      release: undefined,
      flushDelay: undefined,
      flushSize: undefined,
      log: undefined,
      fetch: undefined,
      random: undefined,
    });
    await client.impression(1);
    await client.flush();
    expect(client.stats.delivered).toBe(1);
    await client.impression(1);
    expect(info.mock.calls).toEqual([["[FlickerFix] skipped artwork 1 shown again"]]);
  });

  test("baseUrl may end in a slash", async () => {
    const urls: string[] = [];
    const client = world.open({
      baseUrl: "https://art.example.org/",
      fetch: (url, init) => {
        urls.push(String(url));
        return world.server.fetch(url, init);
      },
    });
    const [artwork] = await client.fresh({ count: undefined, signal: undefined, requestId: undefined });
    expect(urls[0]).toBe("https://art.example.org/api/sign-in/guest");
    expect(artwork?.imageUrl).toBe("https://art.example.org/art/1.png");
  });
});

test("an ArtFreshError has its name, and says what the server said", async () => {
  const detail = "Name a release of up to 64 letters.";
  world.server.fault = ({ path }) =>
    path === "/api/sessions"
      ? new Response(JSON.stringify({ code: "invalid_release", detail }), { status: 400 })
      : undefined;
  const error = await world
    .open()
    .ready()
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ArtFreshError);
  expect(error).toMatchObject({ name: "ArtFreshError", status: 400, code: "invalid_release", detail });
  expect(String(error)).toBe(`ArtFreshError: ArtFresh answered 400: invalid_release: ${detail}`);
});

describe("what the server does not record", () => {
  test.each([
    ["unknown to it", { recorded: 1, unknown: [7, 8], unserved: 0 }],
    ["never served to this listener", { recorded: 1, unknown: [], unserved: 2 }],
  ])("because it is %s, is rejected and not delivered", async (_, counts) => {
    world.server.fault = ({ path }) =>
      path.endsWith("batch-impressions")
        ? Response.json({ duplicates: 0, repeats: 0, ...counts, highWater: 3 })
        : undefined;
    const client = world.open();
    show(client, 6, 8);
    await client.flush();
    expect(client.stats).toMatchObject({ displayed: 3, delivered: 1, rejected: 2, unsent: 0 });
    expect(world.lines("[Impressions] 2 not recorded")).toHaveLength(1);
  });

  test("is counted once after a probe in vain has reported it", async () => {
    let answers = 0;
    world.server.fault = ({ path, body }) => {
      if (!path.endsWith("batch-impressions")) return undefined;
      if (answers++ === 0) return "unreachable";
      const [first, last] = [body.firstNumber, body.firstNumber + body.artworkIds.length - 1];
      const highWater = first === 1 ? last : 0;
      return Response.json({ recorded: 0, duplicates: 0, repeats: 0, unknown: [8], highWater });
    };
    const client = world.open();
    show(client, 6, 8);
    await client.flush();
    await pass(20_000);
    expect(answers).toBe(3);
    expect(client.stats).toMatchObject({ delivered: 2, rejected: 1, unsent: 0 });
  });
});

test("the log has neither token nor listener id, whatever becomes of a batch", async () => {
  const client = world.open();
  let answers = 0;
  world.server.fault = ({ path }) =>
    path.endsWith("batch-impressions") && answers++ === 0 ? problem(400, "invalid_batch") : undefined;
  show(client, 1, 3);
  await client.flush();
  show(client, 4, 5);
  client.impression(4);
  await client.flush();
  world.setHidden(true);
  await pass();
  const all = JSON.stringify(world.logs);
  expect(all).toContain("refused 3: 400 invalid_batch");
  expect(all).toContain("flushed 2");
  expect(all).not.toContain("token-1");
  expect(all).not.toContain(world.server.listenerId);
});

describe("keepalive", () => {
  /** A browser whose 64 KiB for such requests other scripts have used up. */
  const withoutQuota =
    (server: Server): typeof fetch =>
    (url, init) =>
      init?.keepalive && String(url).includes("impressions")
        ? Promise.reject(new TypeError("Failed to fetch"))
        : server.fetch(url, init);

  test("gives way to a plain request where others have used up its quota", async () => {
    const client = world.open({ fetch: withoutQuota(world.server) });
    show(client, 1, 3);
    await client.flush();
    expect(client.stats.delivered).toBe(0);
    await pass(8000);
    expect(client.stats).toMatchObject({ delivered: 3, unsent: 0 });
    // Sign-in, session, the refused one, a probe and the batch.
    expect(client.stats.calls).toBe(5);
  });
});

test("with debug the console has all lines, with details that hold no secret", async () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => {});
  const client = world.open({ log: undefined, debug: true });
  await client.impression(1);
  await client.flush();
  expect(info).toHaveBeenCalledWith(
    "[Impressions] flushed 1 (manual, fetch)",
    expect.objectContaining({ count: 1 }),
  );
  expect(JSON.stringify(info.mock.calls)).not.toMatch(/token-1|guest-1/);
});

describe("beforeSend", () => {
  test("sees what leaves, and drops what it returns false for, however it leaves", async () => {
    const seen: number[] = [];
    const client = world.open({
      beforeSend: ({ artworkIds }) => {
        seen.push(...artworkIds);
        return !artworkIds.includes(2);
      },
    });
    await client.impression(1);
    await client.flush();
    await client.impression(2);
    await client.flush();
    expect([world.server.recorded, seen]).toEqual([[1], [1, 2]]);
    expect(client.stats).toMatchObject({ displayed: 2, delivered: 1, dropped: 1, unsent: 0 });
    await client.impression(3);
    await client.impression(2, { revisit: true });
    world.setHidden(true);
    await pass();
    expect(world.server.recorded).toEqual([1]);
    expect(client.stats).toMatchObject({ dropped: 3, unsent: 0 });
  });
});

test("on tells what becomes of impressions, until it is stopped", async () => {
  const client = world.open();
  const heard: unknown[] = [];
  const stop = client.on("delivered", (event) => heard.push(event));
  client.on("refused", (event) => heard.push(event));
  client.on("withdrawn", (event) => heard.push(event));
  await client.impression(1);
  await client.flush();
  await pass();
  expect(heard).toEqual([{ count: 1, transport: "fetch" }]);
  stop();
  world.server.fault = ({ path }) =>
    path.endsWith("batch-impressions") ? problem(400, "invalid_batch") : undefined;
  await client.impression(2);
  await client.flush();
  await pass();
  expect(heard.slice(1)).toEqual([{ count: 1, status: 400, code: "invalid_batch" }]);
  world.server.fault = ({ path }) =>
    path.includes("fresh") ? Response.json({ artworks: [], withdrawn: [7] }) : undefined;
  await client.fresh();
  await pass();
  expect(heard.slice(2)).toEqual([{ artworkIds: [7] }]);
});

test("createClient needs no options", () => {
  const client = createClient(undefined, () => new Promise(() => {}));
  expect(client.stats.displayed).toBe(0);
  client.close();
});
