// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { uuid } from "../src/core/uuid.js";
import { whenHidden } from "../src/durable/whenHidden.js";
import { createClient } from "../src/index.js";

afterEach(() => vi.unstubAllGlobals());

const hide = (hidden: boolean) => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange"));
};

test("whenHidden listens to visibilitychange on document, and to pagehide and pageshow on window", () => {
  const events: string[] = [];
  const stop = whenHidden(
    (isLeft) => events.push(isLeft ? "left" : "hidden"),
    () => events.push("visible"),
  );
  hide(true);
  hide(false);
  window.dispatchEvent(new Event("pagehide"));
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
  expect(events).toEqual(["hidden", "visible", "left"]);
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  expect(events).toEqual(["hidden", "visible", "left", "visible"]);
  stop();
  hide(true);
  window.dispatchEvent(new Event("pagehide"));
  expect(events).toHaveLength(4);
  hide(false);
});

test("createClient takes the page's own fetch, storage and console", async () => {
  const info = vi.spyOn(console, "info").mockImplementation(() => {});
  vi.stubGlobal("fetch", async (path: string) =>
    Response.json(
      path === "/api/sign-in/guest" ? { listenerId: "g" } : { sessionId: "s", recorded: 1, repeats: 0 },
    ),
  );
  const client = createClient();
  await client.ready();
  await client.impression(4);
  client.impression(4);
  expect(Object.keys(localStorage).some((key) => key.startsWith("artfresh:1:s:"))).toBe(true);
  await client.flush();
  expect(client.stats.delivered).toBe(1);
  expect(info.mock.calls[0]?.[0]).toContain("[FlickerFix] skipped artwork 4");
  client.close();
});

test("a page whose site data is blocked gets a client that works in memory", () => {
  vi.stubGlobal("fetch", async () => Response.json({}));
  vi.spyOn(globalThis, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const client = createClient({ log: () => {} });
  client.impression(1);
  expect(client.stats.unsent).toBe(1);
  client.close();
});

test("uuid needs no secure context, and does not repeat", () => {
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const ids = new Set(Array.from({ length: 1000 }, uuid));
  expect(ids.size).toBe(1000);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
