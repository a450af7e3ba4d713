// @vitest-environment happy-dom
/// <reference types="vite/client" />
import { expect, test, vi } from "vitest";
import page from "../ops.html?raw";

const shown = (id: string): boolean => document.getElementById(id)?.hidden === false;
const refusal = (): string | null | undefined => document.getElementById("refused")?.textContent;

test("a stranger sees a form without figures, and a refusal only of the key that they sent", async () => {
  const refuse = vi.fn(async (_path: string, _options?: RequestInit) => new Response("{}", { status: 401 }));
  vi.stubGlobal("fetch", refuse);
  document.body.innerHTML = page.slice(page.indexOf("<body>") + "<body>".length, page.indexOf("</body>"));

  await import("../src/ops/main.js");
  await vi.waitFor(() => expect(shown("sign-in")).toBe(true));
  expect(refusal()).toBe("");
  expect(["choices", "live", "figures"].filter(shown)).toEqual([]);

  const key = document.getElementById("key") as HTMLInputElement;
  key.value = "wrong";
  document.getElementById("sign-in")?.dispatchEvent(new Event("submit", { cancelable: true }));
  await vi.waitFor(() => expect(refusal()).toBe("This key isn't right."));
  expect(refuse.mock.lastCall?.[1]?.headers).toEqual({ Authorization: "Bearer wrong" });
  expect(["choices", "live", "figures"].filter(shown)).toEqual([]);
});
