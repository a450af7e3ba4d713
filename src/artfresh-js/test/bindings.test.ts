// @vitest-environment happy-dom
import { mount, unmount } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp, h, withDirectives } from "vue";
import { type Client, createClient } from "../src/index.js";
import { vFreshArt } from "../src/page/vue.js";
import { createFakeServer, type FakeServer } from "../src/testing.js";
import Wall from "./wall.svelte";

let server: FakeServer;
let client: Client;
let page: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  // All of each element is in view, and pictures are there at once.
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      constructor(private tell: (entries: object[]) => void) {}
      observe() {
        const box = { width: 100, height: 100 };
        const entry = {
          isIntersecting: true,
          intersectionRect: box,
          boundingClientRect: box,
          rootBounds: box,
        };
        setTimeout(() => this.tell([entry]));
      }
      disconnect() {
        this.tell = () => {};
      }
    },
  );
  vi.spyOn(HTMLImageElement.prototype, "decode").mockResolvedValue();
  server = createFakeServer();
  client = createClient({ fetch: server.fetch, storage: null, log: () => {}, random: () => 0 });
  page = document.body.appendChild(document.createElement("main"));
});
afterEach(() => {
  client.close();
  page.remove();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const pass = async (ms: number) => {
  // What shows art and what keeps it are loaded meanwhile.
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(ms);
};
const picture = () => page.querySelector("img")?.getAttribute("src");

const frameworks = {
  Vue(every: number) {
    const app = createApp({ render: () => withDirectives(h("img"), [[vFreshArt, { client, every }]]) });
    app.mount(page);
    return () => app.unmount();
  },
  Svelte(every: number) {
    const wall = mount(Wall, { target: page, props: { options: { client, every } } });
    return () => void unmount(wall);
  },
};

test.each(["Vue", "Svelte"] as const)(
  "in %s a picture shows art, records what was seen, and gives back the rest when it goes",
  async (framework) => {
    const leave = frameworks[framework](0.5);
    await pass(100);
    expect(picture()).toBe("/art/1.png");
    await pass(1000);
    await pass(100);
    expect(picture()).toBe("/art/2.png");
    leave();
    await pass(5000);
    await client.flush();
    expect(server.recorded).toEqual([1]);
    expect(client.stats).toMatchObject({ displayed: 1, delivered: 1 });

    // What was not seen is the next picture's.
    frameworks[framework](0);
    await pass(100);
    expect(picture()).toBe("/art/2.png");
  },
);

test("a Svelte action follows its options", async () => {
  const { freshArt } = await import("../src/page/svelte.js");
  const shown: number[] = [];
  const other = createClient({
    fetch: createFakeServer((id) => ({ imageUrl: `/other/${id}.png` })).fetch,
    storage: null,
  });
  const img = page.appendChild(document.createElement("img"));
  const action = freshArt(img, { client, every: 0, shown: ({ id }) => shown.push(id) });
  await pass(100);
  action.update({ client: other, every: 0 });
  await pass(100);
  expect([picture(), shown]).toEqual(["/other/1.png", [1]]);
  action.destroy();
  await pass(3000);
  expect([client.stats.displayed, other.stats.displayed]).toEqual([0, 0]);
  other.close();
});
