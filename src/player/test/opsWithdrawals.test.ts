// @vitest-environment happy-dom
/// <reference types="vite/client" />
import { beforeEach, expect, test, vi } from "vitest";
import page from "../ops.html?raw";
import { RefusedError } from "../src/ops/server.js";
import { numberOf, watchWithdrawals } from "../src/ops/withdrawals.js";

const answer = vi.fn(async (_path: string, _options?: RequestInit) => Response.json({ changed: 1 }));
const onChanged = vi.fn();
const onRefused = vi.fn();

beforeEach(() => {
  document.body.innerHTML = page.slice(page.indexOf("<body>") + "<body>".length, page.indexOf("</body>"));
  for (const mock of [answer, onChanged, onRefused]) mock.mockReset();
  vi.stubGlobal("fetch", answer);
  watchWithdrawals(onChanged, onRefused);
});

const said = () => document.getElementById("withdrawn")?.textContent;

function press(button: "withdraw" | "undo", artwork: string): void {
  (document.getElementById("withdraw-artwork") as HTMLInputElement).value = artwork;
  (document.getElementById("withdraw-reason") as HTMLInputElement).value = "a claim";
  const submitter = document.querySelector<HTMLElement>(`#withdraw button[value=${button}]`);
  document
    .getElementById("withdraw")
    ?.dispatchEvent(new SubmitEvent("submit", { cancelable: true, submitter }));
}

test("an artwork is withdrawn with a reason, and put back", async () => {
  answer.mockImplementation(async () => Response.json({ changed: 1 }));
  press("withdraw", "https://art.test/art/1234.png?width=512");
  await vi.waitFor(() => expect(said()).toBe("Artwork 1234 is withdrawn."));
  expect(answer.mock.lastCall?.[0]).toBe("/api/ops/artworks/1234/withdraw");
  expect(JSON.parse(answer.mock.lastCall?.[1]?.body as string)).toEqual({ reason: "a claim", undo: false });
  expect(onChanged).toHaveBeenCalledOnce();
  press("undo", "No. 1,234");
  await vi.waitFor(() => expect(said()).toBe("Artwork 1234 is put back."));
});

test("what was done already is said, and a refusal too", async () => {
  answer.mockImplementation(async () => Response.json({ changed: 0 }));
  press("withdraw", "7");
  await vi.waitFor(() => expect(said()).toBe("Artwork 7 is withdrawn already."));
  answer.mockImplementation(async () =>
    Response.json({ detail: "There is no such artwork." }, { status: 404 }),
  );
  press("withdraw", "8");
  await vi.waitFor(() => expect(said()).toBe("There is no such artwork."));
  answer.mockImplementation(async () => new Response("{}", { status: 401 }));
  press("withdraw", "8");
  await vi.waitFor(() => expect(onRefused).toHaveBeenCalledWith(expect.any(RefusedError)));
});

test("a number is read from what the player's label and addresses say", () => {
  expect(["1234", " No. 1,234 ", "/art/1234.png"].map(numberOf)).toEqual(["1234", "1234", "1234"]);
});
