import { expect, test } from "vitest";
import { createClient } from "../src/index.js";
import { createFakeServer } from "../src/testing.js";

const open = (server = createFakeServer()) => ({
  server,
  client: createClient({ fetch: server.fetch, storage: null, log: () => {} }),
});

test("a page's tests see what it shows, gives back and keeps", async () => {
  const { server, client } = open(createFakeServer((id) => ({ title: `No. ${id}` })));
  const [first, second] = await client.fresh({ count: 2 });
  expect(first?.title).toBe("No. 1");
  await client.impression(first?.id ?? 0);
  await client.keep(1);
  expect((await client.kept()).artworks.map(({ id }) => id)).toEqual([1]);
  await client.end([second?.id ?? 0]);
  expect([server.recorded, server.givenBack]).toEqual([[1], [2]]);
  client.close();
});

test("they can take the network away, and artworks", async () => {
  const { server, client } = open();
  await client.ready();
  server.isDown = true;
  await client.impression(1);
  await client.flush();
  expect(client.stats).toMatchObject({ delivered: 0, unsent: 1 });
  server.isDown = false;
  const gone = new Promise((resolve) => client.whenWithdrawn(resolve));
  server.withdraw([7]);
  await client.fresh();
  expect(await gone).toEqual([7]);
  client.close();
});
