import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ArtFreshError } from "../src/index.js";
import { type Fault, pass, problem, range, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

const on =
  (part: string, ...faults: ReturnType<Fault>[]): Fault =>
  ({ path }) =>
    path.includes(part) ? faults.shift() : undefined;
const paths = () => world.server.requests.map(({ path }) => path.split("?")[0]);
const queries = () =>
  world.server.requests.flatMap(({ path }) =>
    path.includes("fresh?") ? [Object.fromEntries(new URLSearchParams(path.split("?")[1]))] : [],
  );

test("asks for a collection alone", async () => {
  const world = new World();
  const client = world.open();
  await client.fresh({ count: 1, collection: "Café & bar" });
  const { path } = world.server.requests.at(-1) as { path: string };
  expect(new URLSearchParams(path.split("?")[1]).get("collection")).toBe("Café & bar");
  world.close();
});

describe("ready", () => {
  test("signs in and opens a session, once, however many wait for it", async () => {
    const client = world.open();
    const both = await Promise.all([client.ready(), client.ready(), client.fresh()]);
    expect(both[0]).toBe(both[1]);
    expect(paths()).toEqual(["/api/sign-in/guest", "/api/sessions", "/api/artworks/fresh"]);
    expect(both[0]).toEqual({
      sessionId: expect.any(String),
      listenerId: "guest-1",
      batchLimit: 200,
      delivery: "batch",
      token: "token-1",
      genomeSeeds: { from: "0000000000004000", count: 10 },
    });
  });

  test("asks for nothing before it is needed", async () => {
    world.open();
    await pass(60_000);
    expect(world.server.requests).toEqual([]);
  });

  test("goes on trying a server that is coming up, and gives up on one that is not; then tries anew", async () => {
    world.server.fault = on(
      "/api/sessions",
      "unreachable",
      problem(503, "unavailable", { "retry-after": "3" }),
    );
    const client = world.open();
    const patient = client.ready();
    await pass(5000);
    await expect(patient).resolves.toMatchObject({ listenerId: "guest-1" });

    world.server.fault = () => "unreachable";
    const other = world.open();
    const refused = expect(other.ready()).rejects.toMatchObject({ status: 0 });
    await pass(60_000);
    await refused;
    world.server.fault = undefined;
    await expect(other.ready()).resolves.toMatchObject({ listenerId: "guest-1" });
  });

  test("rejects with what the server said when trying again is no use", async () => {
    world.server.fault = on("/api/sessions", problem(400, "invalid_request"));
    const failed = await world
      .open({ release: "a b" })
      .ready()
      .catch((error) => error);
    expect(failed).toBeInstanceOf(ArtFreshError);
    expect(failed).toMatchObject({ status: 400, code: "invalid_request" });
    expect(world.server.requests).toHaveLength(2);
  });
});

describe("fresh", () => {
  test("asks in the mood, and gives addresses that work from any page", async () => {
    const client = world.open({ baseUrl: "https://art.example" });
    const artworks = await client.fresh({ count: 3, valence: 0, energy: 0.75 });
    // Or the cookie of another origin would neither be taken nor sent.
    expect(world.server.requests.map(({ credentials }) => credentials)).toEqual([
      "include",
      "include",
      "include",
    ]);
    expect(queries()).toEqual([
      {
        sessionId: (await client.ready()).sessionId,
        count: "3",
        valence: "0",
        energy: "0.75",
        requestId: expect.any(String),
      },
    ]);
    expect(artworks.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(artworks[0]?.imageUrl).toBe("https://art.example/art/1.png");
    expect((await world.open().fresh())[0]?.imageUrl).toBe("/art/4.png");
    expect(queries()[1]).not.toHaveProperty("valence");
  });

  test("repeats a lost answer with the same request id, so that nothing served is lost", async () => {
    world.server.fault = on("fresh", "lost", "lost");
    const asked = world.open().fresh({ count: 4 });
    await pass(10_000);
    expect((await asked).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(new Set(queries().map(({ requestId }) => requestId)).size).toBe(1);
    expect(queries()).toHaveLength(3);
  });

  test("uses a new request id for each wish", async () => {
    const client = world.open();
    await client.fresh();
    const more = await client.fresh();
    expect(more.map(({ id }) => id)).toEqual(range(11, 20));
  });

  test.each([
    ["401", problem(401, "not_signed_in")],
    ["session_not_found", problem(404, "session_not_found")],
    ["session_ended", problem(409, "session_ended")],
  ])("after %s signs in, opens a session and goes on", async (_, response) => {
    world.server.fault = on("fresh", response);
    const asked = world.open().fresh();
    await pass(1000);
    expect(await asked).toHaveLength(10);
    expect(world.server.sessions.size).toBe(2);
  });

  test("rejects what the server refuses, at once", async () => {
    world.server.fault = on("fresh", problem(400, "invalid_request"));
    await expect(world.open().fresh({ count: 99 })).rejects.toMatchObject({ status: 400 });
    expect(queries()).toHaveLength(1);
  });

  test("rejects with the signal's reason as soon as it is aborted, and asks no more", async () => {
    world.server.fault = on("fresh", "unreachable", "unreachable", "unreachable");
    const abort = new AbortController();
    const asked = expect(world.open().fresh({ signal: abort.signal })).rejects.toThrow("enough");
    await pass(600);
    abort.abort(new Error("enough"));
    await asked;
    const before = queries().length;
    await pass(60_000);
    expect(queries().length).toBe(before);
    await expect(world.open().fresh({ signal: AbortSignal.abort(new Error("never")) })).rejects.toThrow(
      "never",
    );
    expect(queries().length).toBe(before);
  });
});

describe("an aborted request", () => {
  const abortAfterSending = async (client: ReturnType<World["open"]>, options = {}) => {
    const abort = new AbortController();
    const asked = client.fresh({ ...options, signal: abort.signal }).catch((error) => error.name);
    await pass();
    abort.abort();
    expect(await asked).toBe("AbortError");
  };

  test("is not sent if it was not yet", async () => {
    const client = world.open();
    const abort = new AbortController();
    const asked = client.fresh({ signal: abort.signal }).catch((error) => error.name);
    abort.abort();
    expect(await asked).toBe("AbortError");
    await pass(60_000);
    expect(queries()).toHaveLength(0);
  });

  test("leaves what it was served to the next that wants the same", async () => {
    const client = world.open();
    await client.ready();
    const answer = world.server.hold();
    for (let i = 0; i < 5; i++) await abortAfterSending(client, { count: 3 });
    const asked = client.fresh({ count: 3 });
    answer();
    expect((await asked).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(queries()).toHaveLength(1);
    expect((await client.fresh({ count: 3 })).map(({ id }) => id)).toEqual([4, 5, 6]);
  });

  test("gives it back at the end, where nobody wants the same", async () => {
    const client = world.open();
    await client.ready();
    const answer = world.server.hold();
    await abortAfterSending(client, { count: 3 });
    answer();
    await pass();
    expect(await client.fresh({ count: 2 })).toHaveLength(2);
    await client.end([4]);
    expect(world.server.unshown).toEqual([4, 1, 2, 3]);
  });
});

describe("end", () => {
  test("delivers, ends the session, and gives back what was never shown", async () => {
    const client = world.open();
    const { sessionId } = await client.ready();
    client.impression(1);
    client.impression(2);
    await client.end([2, 3, 4]);
    expect(paths().slice(-2)).toEqual(["/api/artworks/batch-impressions", `/api/sessions/${sessionId}/end`]);
    expect(world.server.unshown).toEqual([3, 4]);
    expect(world.server.requests.at(-1)?.body).toMatchObject({ lastNumber: 2 });
  });

  test("names at most 1,000, and none by default", async () => {
    const client = world.open();
    await client.ready();
    await client.end(range(1, 1500));
    expect(world.server.unshown).toHaveLength(1000);
    await client.ready();
    await client.end();
    expect(world.server.unshown).toHaveLength(1000);
  });

  test("is repeated when its answer is lost", async () => {
    world.server.fault = on("/end", "unreachable", problem(503, "unavailable"));
    const client = world.open();
    await client.ready();
    const ended = client.end([7]);
    await pass(10_000);
    await ended;
    expect(world.server.unshown).toEqual([7]);
  });

  test("never rejects, and says what it could not do", async () => {
    world.server.fault = on("/end", problem(404, "session_not_found"));
    const client = world.open();
    await client.end();
    expect(world.server.requests).toEqual([]);
    await client.ready();
    await client.end([1]);
    expect(world.lines("[Session] not ended")).toHaveLength(1);
  });

  test("is followed by a new session, numbered from 1, when more is shown", async () => {
    const client = world.open();
    const { sessionId } = await client.ready();
    client.impression(1);
    await client.end();
    client.impression(2);
    await client.flush();
    const last = world.server.batches[1]?.body;
    expect(last).toMatchObject({ firstNumber: 1, artworkIds: [2] });
    expect(last.sessionId).not.toBe(sessionId);
  });

  test("does not take impressions along that its flush could not deliver", async () => {
    const client = world.open();
    const { sessionId } = await client.ready();
    world.server.fault = on("batch-impressions", "unreachable");
    client.impression(1);
    await client.flush();
    client.impression(2);
    await client.end();
    await pass(5000);
    const arrived = world.server.sessions.get(sessionId)?.arrived;
    expect([...(arrived ?? [])]).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });
});
