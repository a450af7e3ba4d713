// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chooseConsent, chosenConsent, followConsent } from "../src/consent.js";

const reload = vi.fn();
beforeEach(() => {
  localStorage.clear();
  reload.mockReset();
  vi.spyOn(location, "reload").mockImplementation(reload);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("is full until something else is chosen", () => {
  expect(chosenConsent()).toBe("full");
  localStorage.setItem("artfresh-player:consent", "whatever");
  expect(chosenConsent()).toBe("full");
});

it("is none where the browser blocks site data", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new DOMException("blocked", "SecurityError");
    },
  });
  expect(chosenConsent()).toBe("none");
});

it("changes after the browser has forgotten its listener, and the page opens anew", async () => {
  const steps: string[] = [];
  const client = { forget: async () => void steps.push("forget"), close: () => void steps.push("close") };
  reload.mockImplementation(() => void steps.push(`reload as ${chosenConsent()}`));
  vi.stubGlobal("caches", {
    keys: async () => ["artfresh-songs-1"],
    delete: async () => void steps.push("forget songs"),
  });
  await chooseConsent(client, "none");
  expect(steps).toEqual(["forget", "close", "forget songs", "reload as none"]);
});

it("does not change while the server can't be told", async () => {
  const client = { forget: () => Promise.reject(new Error("down")), close: vi.fn() };
  await expect(chooseConsent(client, "none")).rejects.toThrow("down");
  expect([chosenConsent(), reload.mock.calls, client.close.mock.calls]).toEqual(["full", [], []]);
});

it("is followed by other tabs", () => {
  followConsent();
  dispatchEvent(new StorageEvent("storage", { key: "other", oldValue: null, newValue: "none" }));
  expect(reload).not.toHaveBeenCalled();
  dispatchEvent(
    new StorageEvent("storage", { key: "artfresh-player:consent", oldValue: null, newValue: "none" }),
  );
  expect(reload).toHaveBeenCalledOnce();
});
