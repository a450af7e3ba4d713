// @vitest-environment happy-dom
/// <reference types="vite/client" />
import { beforeEach, expect, test, vi } from "vitest";
import page from "../ops.html?raw";
import { RefusedError } from "../src/ops/server.js";
import { watchStrikes } from "../src/ops/strikes.js";

const answer = vi.fn(async (_path: string, _options?: RequestInit) => Response.json({}));
const onStruck = vi.fn();
const onRefused = vi.fn();

beforeEach(() => {
  document.body.innerHTML = page.slice(page.indexOf("<body>") + "<body>".length, page.indexOf("</body>"));
  for (const mock of [answer, onStruck, onRefused]) mock.mockReset();
  vi.stubGlobal("fetch", answer);
  watchStrikes(onStruck, onRefused);
});

const field = (id: string) => document.getElementById(id) as HTMLInputElement;
const said = () => document.getElementById("struck")?.textContent;
const sent = () => JSON.parse(answer.mock.lastCall?.[1]?.body as string);

function fill(whose: string, name: string, day = ""): void {
  field("strike-whose").value = whose;
  field("strike-whose").dispatchEvent(new Event("change"));
  field("strike-name").value = name;
  field("strike-day").value = day;
  field("strike-reason").value = "lies";
}

function press(button: "strike" | "lift"): void {
  const submitter = document.querySelector<HTMLElement>(`#strike button[value=${button}]`);
  document
    .getElementById("strike")
    ?.dispatchEvent(new SubmitEvent("submit", { cancelable: true, submitter }));
}

test("a listener's claims are struck with a reason, and counted again", async () => {
  answer.mockImplementation(async () => Response.json({ listeners: 1, network: null, day: null }));
  fill("listener", " guest-liar ");
  press("strike");
  await vi.waitFor(() => expect(said()).toBe("Struck: 1 listener."));
  expect(answer.mock.lastCall?.[0]).toBe("/api/ops/strikes");
  expect(sent()).toEqual({ listener: "guest-liar", lift: false, reason: "lies" });
  expect([field("strike-name").value, field("strike-reason").value]).toEqual(["", ""]);
  expect(onStruck).toHaveBeenCalledOnce();

  fill("listener", "guest-liar");
  press("lift");
  await vi.waitFor(() => expect(said()).toBe("Counted again: 1 listener."));
  expect(sent().lift).toBe(true);
});

test("a network is named by an address, and its hash is said", async () => {
  answer.mockImplementation(async () =>
    Response.json({ listeners: 12, network: 951, day: "2026-11-29", note: "Until midnight." }),
  );
  fill("address", "203.0.113.7", "2026-11-01");
  expect(document.getElementById("strike-dated")?.hidden).toBe(true);
  press("strike");
  await vi.waitFor(() =>
    expect(said()).toBe("Struck: 12 listeners, of network 951 of 2026-11-29. Until midnight."),
  );
  expect(sent()).toEqual({ network: "203.0.113.7", lift: false, reason: "lies" });
});

test("only a hash has a day", async () => {
  answer.mockImplementation(async () => Response.json({ listeners: 2, network: 951, day: "2026-11-28" }));
  fill("hash", "951", "2026-11-28");
  expect(document.getElementById("strike-dated")?.hidden).toBe(false);
  press("lift");
  await vi.waitFor(() => expect(said()).toBe("Counted again: 2 listeners, of network 951 of 2026-11-28."));
  expect(sent()).toEqual({ network: "951", day: "2026-11-28", lift: true, reason: "lies" });
});

test("a refusal says what to do and keeps what was written", async () => {
  answer.mockImplementation(async () =>
    Response.json({ detail: "network must be an address." }, { status: 400 }),
  );
  fill("address", "here");
  press("strike");
  await vi.waitFor(() => expect(said()).toBe("network must be an address."));
  expect(field("strike-name").value).toBe("here");
  expect(onStruck).not.toHaveBeenCalled();
});

test("a stranger is asked for the key", async () => {
  answer.mockImplementation(async () => new Response("{}", { status: 401 }));
  fill("listener", "guest-liar");
  press("strike");
  await vi.waitFor(() => expect(onRefused).toHaveBeenCalledWith(expect.any(RefusedError)));
});
