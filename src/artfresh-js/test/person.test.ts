import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createStock } from "../src/stock.js";
import { grace, MemoryStorage, pass, problem, show, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
  world.server.issuesListenerTokens = true;
});
afterEach(() => world.close());

/** A JWT of this subject; another `at` is a refreshed one. */
const jwt = (sub: string, at = 1): string => `e30.${btoa(JSON.stringify({ iss: "issuer", sub, at }))}.x`;

/** Who is signed in, by token; the client asks it. */
let token: string | null;
beforeEach(() => {
  token = null;
});
const getToken = async () => token;

const paths = (end: string) => world.server.requests.filter(({ path }) => path.endsWith(end));
const ownersOf = (ids: number[]) =>
  [...world.server.sessions.values()]
    .filter(({ arrived }) => [...arrived.values()].some((id) => ids.includes(id)))
    .map(({ listenerId }) => listenerId);

describe("a guest who signs in", () => {
  test("joins the account before it is served anything, and the impressions of before are the guest's", async () => {
    const client = world.open({ getToken });
    await client.fresh({ count: 3 });
    show(client, 1, 3);
    token = jwt("ann");
    const { listenerId } = await client.ready();
    expect(listenerId).toBe("sub-ann");
    expect(world.server.joined.get("guest-1")).toBe("sub-ann");
    const joinAt = world.server.requests.findIndex(({ path }) => path.endsWith("/join"));
    const openedAt = world.server.requests.findLastIndex(({ path }) => path === "/api/sessions");
    expect(joinAt).toBeLessThan(openedAt);
    await client.flush();
    expect(ownersOf([1, 2, 3])).toEqual(["guest-1"]);
  });

  test("joins though the page was left to sign in", async () => {
    await world.open({ getToken }).fresh();
    token = jwt("ann");
    await world.open({ getToken }).ready();
    expect(world.server.joined.get("guest-1")).toBe("sub-ann");
  });

  test("joins once: the next page does not ask again", async () => {
    await world.open({ getToken }).ready();
    token = jwt("ann");
    await world.open({ getToken }).ready();
    await world.open({ getToken }).ready();
    expect(paths("/join")).toHaveLength(1);
  });

  test("is served nothing until the joining is done, and it is repeated, by the next page too", async () => {
    const guest = world.open({ getToken });
    await guest.ready();
    token = jwt("ann");
    world.server.fault = ({ path }) => (path.endsWith("/join") ? problem(503, "unavailable") : undefined);
    const refused = expect(guest.fresh()).rejects.toMatchObject({ status: 503 });
    await pass(600_000);
    await refused;
    expect(paths("/sessions").filter(({ bearer }) => bearer)).toEqual([]);
    guest.close();
    world.server.fault = undefined;
    await world.open({ getToken }).ready();
    expect(world.server.joined.get("guest-1")).toBe("sub-ann");
  });

  test("does so without a cookie, by listener token", async () => {
    const client = world.open({ getToken, consent: "none" });
    const { listenerId } = await client.ready();
    token = jwt("ann");
    await client.ready();
    expect(world.server.joined.get(listenerId)).toBe("sub-ann");
    expect(paths("/join")[0]?.body).toEqual({ guest: `aflt_${listenerId}` });
  });

  test("keeps flickers of the guest's art skipped", async () => {
    const client = world.open({ getToken });
    await client.fresh({ count: 1 });
    await client.impression(1);
    token = jwt("ann");
    await client.ready();
    await client.impression(1);
    expect(client.stats).toMatchObject({ displayed: 1, skipped: 1 });
  });

  test("leaves two tabs as one listener", async () => {
    const [one, other] = [world.open({ getToken }), world.open({ getToken })];
    await Promise.all([one.ready(), other.ready()]);
    token = jwt("ann");
    await one.ready();
    expect(await other.fresh({ count: 1 })).toHaveLength(1);
    expect([one.listenerId, other.listenerId]).toEqual(["sub-ann", "sub-ann"]);
    expect(world.server.joined).toEqual(new Map([["guest-1", "sub-ann"]]));
  });

  test("who is another account's goes on without joining", async () => {
    world.server.joined.set("guest-1", "sub-bob");
    token = jwt("ann");
    expect(await world.open({ getToken }).fresh({ count: 1 })).toHaveLength(1);
    expect(world.server.joined.get("guest-1")).toBe("sub-bob");
  });
});

describe("one listener out, another in", () => {
  test("gives the second nothing of the first's: stock, shown, seeds, journal", async () => {
    token = jwt("ann");
    const client = world.open({ getToken });
    const stock = createStock(client, { order: 3, low: 1, prefetch: async () => {} });
    const first = await stock.next();
    await client.impression(first.id);
    expect(stock.size).toBeGreaterThan(0);
    const seeds = client.session?.genomeSeeds;

    token = jwt("bob");
    await client.ready();
    expect(stock.size).toBe(0);
    expect(world.server.unshown).not.toContain(first.id);
    expect(world.server.unshown.length).toBeGreaterThan(0);
    expect(client.session?.genomeSeeds).not.toEqual(seeds);
    const second = await stock.next();
    await client.impression(second.id);
    // The catalogue may serve both the same artwork.
    await client.impression(first.id);
    expect(client.stats.skipped).toBe(0);
    await client.flush();
    const [annsArtworks, bobsArtworks] = ["sub-ann", "sub-bob"].map((listener) =>
      [...world.server.sessions.values()]
        .filter(({ listenerId }) => listenerId === listener)
        .flatMap(({ arrived }) => [...arrived.values()]),
    );
    expect(annsArtworks).toEqual([first.id]);
    expect(bobsArtworks).toEqual([second.id, first.id]);
  });

  test("an answer on its way to the first is not given to the second", async () => {
    token = jwt("ann");
    const client = world.open({ getToken });
    await client.ready();
    const release = world.server.hold();
    const asked = client.fresh({ count: 2 });
    await pass();
    token = jwt("bob");
    const bob = client.ready();
    await pass();
    release();
    await bob;
    await pass(5000);
    await asked;
    const bobs = world.server.requests.filter(
      ({ path, bearer }) => path.startsWith("/api/artworks/fresh") && bearer === jwt("bob"),
    );
    expect(bobs).toHaveLength(1);
  });

  test("the first's journal is delivered as the first's, by another page while the second is in", async () => {
    token = jwt("ann");
    world.server.fault = ({ path }) => (path.endsWith("/batch-impressions") ? "unreachable" : undefined);
    const ann = world.open({ getToken });
    await ann.fresh({ count: 2 });
    show(ann, 1, 2);
    await ann.flush();
    ann.close();
    world.server.fault = undefined;
    token = jwt("bob");
    await world.open({ getToken }).ready();
    await pass(grace * 3);
    expect(ownersOf([1, 2])).toEqual(["sub-ann"]);
  });

  test("impressions after the first's session ended are not the second's", async () => {
    token = jwt("ann");
    const client = world.open({ getToken });
    await client.fresh({ count: 1 });
    await client.end();
    void client.impression(1);
    token = jwt("bob");
    await client.ready();
    await client.impression(2);
    await client.flush();
    expect(ownersOf([1])).toEqual([]);
    expect(ownersOf([2])).toEqual(["sub-bob"]);
    token = jwt("ann");
    await client.ready();
    await client.flush();
    expect(ownersOf([1])).toEqual(["sub-ann"]);
  });

  test("what comes on screen while the second signs in is the first's, and no flicker of the second's", async () => {
    token = jwt("ann");
    const client = world.open({ getToken });
    await client.fresh({ count: 2 });
    await client.impression(1);
    token = jwt("bob");
    const receive = world.server.receive.bind(world.server);
    world.server.receive = async (seen, signal) => {
      if (seen.path.endsWith("/guest")) void client.impression(2);
      return receive(seen, signal);
    };
    await client.ready();
    await client.impression(2);
    await client.flush();
    const byOwner = [...world.server.sessions.values()].map(({ listenerId, arrived }) => [
      listenerId,
      [...arrived.values()],
    ]);
    expect(byOwner).toEqual([
      ["sub-ann", [1, 2]],
      ["sub-bob", [2]],
    ]);
    expect(client.stats).toMatchObject({ skipped: 0, repeats: 0 });
  });

  test("a guest of an account that has left begins anew", async () => {
    const client = world.open({ getToken });
    await client.ready();
    token = jwt("ann");
    await client.ready();
    token = null;
    const { listenerId } = await client.ready();
    expect(listenerId).not.toBe("guest-1");
    expect(listenerId).toMatch(/^guest/);
  });
});

describe("a token", () => {
  test("that is refreshed leaves the session as it is", async () => {
    token = jwt("ann");
    const client = world.open({ getToken });
    const { sessionId } = await client.ready();
    token = jwt("ann", 2);
    expect((await client.ready()).sessionId).toBe(sessionId);
    await client.fresh({ count: 1 });
    expect(world.server.requests.at(-1)?.bearer).toBe(jwt("ann", 2));
  });

  test("that is refused is asked for once more, and the request repeated", async () => {
    const asked: boolean[] = [];
    const client = world.open({
      getToken: (isRefused) => {
        asked.push(isRefused);
        if (isRefused) token = jwt("ann", 2);
        return token;
      },
    });
    token = jwt("ann");
    await client.ready();
    world.server.refusedTokens.add(jwt("ann"));
    expect(await client.fresh({ count: 1 })).toHaveLength(1);
    expect(asked.filter(Boolean)).toHaveLength(1);
  });

  test("that is refused twice is an error with a sentence, and no loop", async () => {
    token = jwt("ann");
    world.server.refusedTokens.add(jwt("ann"));
    const client = world.open({ getToken });
    await expect(client.ready()).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining("refused getToken's token twice"),
    });
    expect(paths("/sign-in/guest").length).toBeLessThanOrEqual(2);
  });

  test("that cannot be had is an error, and asked for again", async () => {
    let fails = true;
    const client = world.open({
      getToken: () => (fails ? Promise.reject(new Error("issuer down")) : jwt("ann")),
    });
    const failed = expect(client.ready()).rejects.toMatchObject({ status: 0, detail: "getToken failed." });
    await pass(600_000);
    await failed;
    fails = false;
    expect((await client.ready()).listenerId).toBe("sub-ann");
  });
});

describe("a guest", () => {
  test("whose cookie does not come along goes on by listener token", async () => {
    world.server.fault = ({ path, bearer }) =>
      path === "/api/sessions" && !bearer ? problem(401, "not_signed_in") : undefined;
    const client = world.open();
    const ready = client.ready();
    await pass(5000);
    expect((await ready).listenerId).toBe("guest-1");
    expect(world.server.requests.at(-1)?.bearer).toBe("aflt_guest-1");
  });

  test("who is refused twice and has no token is an error with a sentence", async () => {
    world.server.issuesListenerTokens = false;
    world.server.fault = ({ path }) => (path === "/api/sessions" ? problem(401, "not_signed_in") : undefined);
    const refused = expect(world.open().ready()).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining("keeps no cookie"),
    });
    await pass(600_000);
    await refused;
    expect(paths("/sessions")).toHaveLength(2);
  });

  test("who has joined an account elsewhere becomes a new guest", async () => {
    const client = world.open();
    await client.ready();
    world.server.joined.set("guest-1", "sub-ann");
    const asked = client.fresh({ count: 1 });
    await pass(20_000);
    expect(await asked).toHaveLength(1);
    expect(client.listenerId).toBe("guest-2");
  });
});

describe("an erased listener", () => {
  test("has the journal dropped and the storage cleared, and a new guest begins", async () => {
    const client = world.open();
    await client.fresh({ count: 2 });
    show(client, 1, 2);
    await pass();
    expect(Object.keys(world.storage).filter((key) => key.startsWith("artfresh:1:"))).toHaveLength(1);
    world.server.erased.add("guest-1");
    await client.flush();
    await pass(5000);
    expect(world.server.batches).toHaveLength(1);
    expect(JSON.stringify(world.storage)).not.toContain("guest-1");
    expect(client.stats).toMatchObject({ dropped: 2, unsent: 0 });
    expect((await client.ready()).listenerId).toBe("guest-2");
  });

  test("asks for it themselves, and nothing stays in the browser", async () => {
    const client = world.open();
    await client.fresh({ count: 1 });
    await client.impression(1);
    expect(await client.erase()).toBe(1);
    expect(JSON.stringify(world.storage)).not.toContain("guest-1");
    expect((await client.ready()).listenerId).toBe("guest-2");
  });
});

describe("consent", () => {
  test("none sends no cookie, stores nothing, and the next page is another guest's", async () => {
    const client = world.open({ consent: "none" });
    await client.fresh({ count: 1 });
    await client.impression(1);
    expect(world.server.requests.every(({ credentials }) => credentials === "omit")).toBe(true);
    expect(Object.keys(world.storage)).toEqual([]);
    expect(client.stats.journal).toBe("memory");
    expect((await world.open({ consent: "none" }).ready()).listenerId).not.toBe(client.listenerId);
  });

  test("none takes no cookie along when the page hides or dies either, as a beacon would", async () => {
    const later: unknown[] = [];
    vi.stubGlobal("fetchLater", (_: string, init: RequestInit) => later.push(init.credentials));
    const client = world.open({ consent: "none" });
    await client.ready();
    show(client, 1, 2);
    world.server.fault = ({ via }) => (via === "keepalive" ? "unreachable" : undefined);
    world.setHidden(true);
    await client.end([3], true);
    await pass();
    expect(world.server.requests.filter(({ via }) => via === "keepalive").length).toBeGreaterThan(1);
    expect(new Set(world.server.requests.map(({ credentials }) => credentials))).toEqual(new Set(["omit"]));
    expect(new Set(later)).toEqual(new Set(["omit"]));
  });

  test("session keeps guest and journal in the tab, without a cookie", async () => {
    const tab = new MemoryStorage();
    const storage = undefined;
    globalThis.sessionStorage = tab;
    try {
      const client = world.open({ consent: "session", storage });
      await client.fresh({ count: 1 });
      await client.impression(1);
      expect(Object.keys(tab).some((key) => key.startsWith("artfresh:1:"))).toBe(true);
      expect(Object.keys(world.storage)).toEqual([]);
      expect(world.server.requests.every(({ credentials }) => credentials === "omit")).toBe(true);
      const { listenerId } = client;
      client.close();
      const next = world.open({ consent: "session", storage });
      expect((await next.ready()).listenerId).toBe(listenerId);
      await next.forget();
      expect(Object.keys(tab)).toEqual([]);
    } finally {
      delete (globalThis as { sessionStorage?: Storage }).sessionStorage;
    }
  });
});
