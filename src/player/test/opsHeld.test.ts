// @vitest-environment happy-dom
/// <reference types="vite/client" />
import { beforeEach, expect, test, vi } from "vitest";
import page from "../ops.html?raw";
import { watchHeld } from "../src/ops/held.js";
import { RefusedError } from "../src/ops/server.js";

const onRefused = vi.fn();
let waiting: { id: number; title: string }[] = [];
let decisions: [string, string][] = [];
let decided = 204;
let look = () => {};

const answer = vi.fn(async (path: string, options?: RequestInit) => {
  const decision = /held\/(\d+)\/(approve|refuse)$/.exec(path);
  if (decision) {
    decisions.push([
      `${decision[2]} ${decision[1]}`,
      (JSON.parse(options?.body as string) as { reason: string }).reason,
    ]);
    if (decided !== 204) return Response.json({ detail: "Not so." }, { status: decided });
    waiting = waiting.filter(({ id }) => id !== Number(decision[1]));
    return new Response(null, { status: 204 });
  }
  if (path.includes("/picture")) return new Response(new Blob(["picture"]));
  const after = Number(/after=(\d+)/.exec(path)?.[1]);
  const pictures = waiting
    .filter(({ id }) => id > after)
    .slice(0, 2)
    .map((one) => ({ ...one, imageUrl: `/api/ops/held/${one.id}/picture`, generator: "import" }));
  return Response.json({ pictures, waiting: waiting.length });
});

beforeEach(() => {
  document.body.innerHTML = page.slice(page.indexOf("<body>") + "<body>".length, page.indexOf("</body>"));
  onRefused.mockReset();
  answer.mockClear();
  vi.stubGlobal("fetch", answer);
  HTMLImageElement.prototype.decode = async () => undefined;
  waiting = [1, 2, 3].map((id) => ({ id, title: `Picture ${id}` }));
  decisions = [];
  decided = 204;
  look = watchHeld(onRefused);
});

const text = (id: string) => document.getElementById(id)?.textContent;
const isHidden = (id: string) => (document.getElementById(id) as HTMLElement).hidden;
const button = (word: string) => document.querySelector<HTMLButtonElement>(`#held button[value=${word}]`);
const press = (key: string, on: EventTarget = document.body) =>
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const shown = (title: string) =>
  vi.waitFor(() => {
    expect(text("held-title")).toBe(title);
    expect(button("approve")?.hasAttribute("aria-disabled")).toBe(false);
  });

test("A approves and R refuses, one picture after the other, with the reason that the field has", async () => {
  look();
  await shown("Picture 1");
  expect(text("held-waiting")).toBe("3");
  press("a");
  press("a");
  await shown("Picture 2");
  (document.getElementById("held-reason") as HTMLInputElement).value = "not ours";
  press("R");
  await shown("Picture 3");
  press("a");
  await vi.waitFor(() => expect(text("held-waiting")).toBe("none"));
  expect(decisions).toEqual([
    ["approve 1", "looked at"],
    ["refuse 2", "not ours"],
    ["approve 3", "not ours"],
  ]);
  expect(text("held-outcome")).toBe("Picture 3: approved.");
  expect(isHidden("held-form")).toBe(true);
  expect(document.activeElement?.id).not.toBe("held-form");
});

test("letters typed into a field decide nothing, and the focus stays on the button", async () => {
  look();
  await shown("Picture 1");
  press("a", document.getElementById("withdraw-reason") as HTMLElement);
  press("r", document.getElementById("held-reason") as HTMLElement);
  const approve = button("approve") as HTMLButtonElement;
  approve.focus();
  press("r", approve);
  await shown("Picture 2");
  expect(decisions.map(([word]) => word)).toEqual(["refuse 1"]);
  expect(document.activeElement).toBe(approve);
});

test("what somebody else has decided is passed over, and other refusals are said", async () => {
  look();
  await shown("Picture 1");
  decided = 404;
  press("a");
  await shown("Picture 2");
  expect(text("held-outcome")).toBe("Picture 1: somebody else has decided.");
  decided = 503;
  press("a");
  await vi.waitFor(() => expect(text("held-outcome")).toBe("Not so."));
  expect(text("held-title")).toBe("Picture 2");
  decided = 401;
  press("a");
  await vi.waitFor(() => expect(onRefused).toHaveBeenCalledWith(expect.any(RefusedError)));
});

test("nothing is shown while nothing waits", async () => {
  waiting = [];
  look();
  await vi.waitFor(() => expect(answer).toHaveBeenCalled());
  expect(isHidden("held")).toBe(true);
});
