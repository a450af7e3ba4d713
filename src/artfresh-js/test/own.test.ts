import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pass, problem, World } from "./world.js";

let world: World;
beforeEach(() => {
  world = new World();
});
afterEach(() => world.close());

describe("keep", () => {
  test("keeps an artwork, lists it with its address, and keeps it no longer", async () => {
    const client = world.open({ baseUrl: "https://art.example" });
    await client.keep(7);
    await client.keep(9);
    expect(await client.kept()).toMatchObject({
      artworks: [
        { id: 9, imageUrl: "https://art.example/art/9.png" },
        { id: 7, imageUrl: "https://art.example/art/7.png" },
      ],
      next: null,
    });
    await client.unkeep(9);
    expect((await client.kept()).artworks.map(({ id }) => id)).toEqual([7]);
  });

  test("signs in before it asks", async () => {
    await world.open().keep(7);
    expect(world.server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/sign-in/guest",
      "POST /api/sessions",
      "PUT /api/artworks/7/keep",
    ]);
  });

  test("rejects with the refusal of an artwork that was never served", async () => {
    world.server.fault = ({ path }) =>
      path.endsWith("/keep") ? problem(404, "artwork_not_found") : undefined;
    await expect(world.open().keep(7)).rejects.toMatchObject({ status: 404, code: "artwork_not_found" });
  });
});

test("an artwork of a shared link is asked for by its id", async () => {
  const client = world.open({ baseUrl: "https://art.example" });
  world.server.fault = ({ path }) =>
    path === "/api/artworks/7" ? Response.json({ id: 7, imageUrl: "/art/7.png" }) : undefined;
  expect(await client.artwork(7)).toEqual({ id: 7, imageUrl: "https://art.example/art/7.png" });
  await expect(client.artwork(8)).rejects.toMatchObject({ status: 404 });
});

describe("history", () => {
  test("goes back page by page", async () => {
    const client = world.open();
    await client.fresh({ count: 3 });
    const ids: number[] = [];
    let before: string | null = null;
    do {
      const page = await client.history({ before, limit: 1 });
      ids.push(...page.artworks.map(({ id }) => id));
      before = page.next;
    } while (before);
    expect(ids).toEqual([3, 2, 1]);
  });
});

describe("export", () => {
  /** An answer whose lines come after these times. */
  const slowly = (...ms: number[]) =>
    new Response(
      new ReadableStream({
        async start(lines) {
          for (const [i, wait] of ms.entries()) {
            await new Promise((resolve) => setTimeout(resolve, wait));
            lines.enqueue(new TextEncoder().encode(`{"line":${i}}\n`));
          }
          lines.close();
        },
      }),
      { headers: { "content-type": "application/x-ndjson" } },
    );
  const answerWith = (answers: Response[]) => {
    world.server.fault = ({ path }) => (path.endsWith("/export") ? answers.shift() : undefined);
  };

  test("takes as long as it takes", async () => {
    answerWith([slowly(25_000, 25_000, 25_000)]);
    const exported = world.open().export();
    await pass(80_000);
    expect(await (await exported).text()).toBe('{"line":0}\n{"line":1}\n{"line":2}\n');
  });

  test("begins again if the lines stop coming", async () => {
    answerWith([slowly(10, 600_000), slowly(10)]);
    const exported = world.open().export();
    await pass(40_000);
    expect(await (await exported).text()).toBe('{"line":0}\n');
  });
});

describe("revisit", () => {
  test("is a new impression that the batch names, and no flicker", async () => {
    const client = world.open();
    await client.fresh({ count: 2 });
    await client.impression(1);
    await client.impression(2);
    await client.impression(1, { revisit: true });
    await client.impression(1);
    await client.flush();
    await pass(0);
    expect(world.server.batches.at(-1)?.body).toMatchObject({ artworkIds: [1, 2, 1], revisits: [1] });
    expect(client.stats).toMatchObject({ displayed: 3, skipped: 1 });
  });

  test("is left out of a batch without one", async () => {
    const client = world.open();
    await client.impression(1);
    await client.flush();
    await pass(0);
    expect(world.server.batches[0]?.body).not.toHaveProperty("revisits");
  });
});
