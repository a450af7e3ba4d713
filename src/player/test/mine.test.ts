// @vitest-environment happy-dom
import type { Artwork, Client, OwnArtwork } from "artfresh";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createKeeping } from "../src/keeping.js";
import type { MineCommands, MinePorts } from "../src/mine/ports.js";
import { createRooms } from "../src/mine/rooms.js";
import { whenWords } from "../src/mine/when.js";

const own = (id: number, kept = false): OwnArtwork => ({
  id,
  imageUrl: `/art/${id}.png`,
  genome: null,
  mood: { valence: 0.5, energy: 0.5 },
  createdAt: "2026-01-01T00:00:00Z",
  generator: "import",
  title: `Work ${id}`,
  shownAt: "2026-01-02T00:00:00Z",
  kept,
  keptAt: kept ? "2026-01-02T00:00:00Z" : null,
});

const said: string[] = [];
let revisited: Artwork[];
let part: () => void;
let withdraw: (ids: number[]) => void;
let client: Record<
  "kept" | "history" | "flush" | "keep" | "unkeep" | "erase" | "export" | "forget",
  ReturnType<typeof vi.fn>
>;
let rooms: MineCommands;
let current: Artwork | null;

beforeEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
  said.length = 0;
  revisited = [];
  current = own(1);
  client = {
    kept: vi.fn(async () => ({ artworks: [own(3, true), own(2, true)], next: null })),
    history: vi.fn(async () => ({ artworks: [own(4), own(3, true)], next: null })),
    flush: vi.fn(async () => {}),
    keep: vi.fn(async () => {}),
    unkeep: vi.fn(async () => {}),
    erase: vi.fn(async () => 12),
    export: vi.fn(async () => new Blob(["{}"])),
    forget: vi.fn(async () => {}),
  };
  const whenListenerChanges = (parted: () => void) => {
    part = parted;
    return () => {};
  };
  const whenWithdrawn = (taken: typeof withdraw) => {
    withdraw = taken;
    return () => {};
  };
  const whole = { ...client, whenListenerChanges, whenWithdrawn, close: vi.fn() } as unknown as Client;
  const ports: MinePorts = {
    client: whole,
    keeping: createKeeping(whole),
    current: () => current,
    revisit: (artwork) => revisited.push(artwork),
    onKept: () => {},
    say: (text) => said.push(text),
    finish: async () => {},
  };
  rooms = createRooms(ports);
});

const room = (name: string): HTMLDialogElement => document.querySelector(`#${name}`) as HTMLDialogElement;
const press = (place: Element, words: string): void => {
  const found = [...place.querySelectorAll("button")].find(
    (button) => button.textContent?.includes(words) || button.getAttribute("aria-label")?.startsWith(words),
  );
  if (!found) throw new Error(`No button "${words}"`);
  found.click();
};
const works = (name: string): (string | null)[] =>
  [...room(name).querySelectorAll(".work-title")].map(({ textContent }) => textContent);
const settled = (): Promise<void> =>
  vi.waitFor(() => expect(document.querySelector("dialog[open] .room-status")?.textContent).toBe(""));

describe("the wall of kept works", () => {
  it("lists them page by page, and shows one again on purpose", async () => {
    client.kept.mockResolvedValueOnce({ artworks: [own(9, true)], next: "place" });
    rooms.openKept();
    await settled();
    press(room("kept"), "More");
    await vi.waitFor(() => expect(works("kept")).toEqual(["Work 9", "Work 3", "Work 2"]));
    expect(client.kept.mock.calls.map(([page]) => page.before)).toEqual([null, "place"]);
    press(room("kept"), "Work 3");
    expect([room("kept").open, revisited.map(({ id }) => id)]).toEqual([false, [3]]);
  });

  it("keeps a work no longer, and says so", async () => {
    rooms.openKept();
    await settled();
    press(room("kept"), "Keep");
    await vi.waitFor(() => expect(said).toEqual(["Not kept any longer."]));
    expect(client.unkeep.mock.calls).toEqual([[3]]);
    expect(room("kept").querySelector(".button-keep")?.getAttribute("aria-pressed")).toBe("false");
  });

  it("says how to fill it, and when it can't be read", async () => {
    client.kept.mockResolvedValueOnce({ artworks: [], next: null });
    rooms.openKept();
    await vi.waitFor(() => expect(room("kept").textContent).toContain("Nothing kept yet"));
    room("kept").close();
    client.kept.mockRejectedValueOnce(new Error("down"));
    rooms.openKept();
    await vi.waitFor(() => expect(room("kept").textContent).toContain("can't be reached"));
  });

  it("closes and empties when another listener comes", async () => {
    rooms.openKept();
    await settled();
    part();
    expect([room("kept").open, works("kept")]).toEqual([false, []]);
  });

  it("takes a withdrawn work off the open wall", async () => {
    rooms.openKept();
    await settled();
    withdraw([3, 77]);
    expect([room("kept").open, works("kept")]).toEqual([true, ["Work 2"]]);
  });

  it("drops an answer that another listener's coming has overtaken", async () => {
    let answer: (page: object) => void = () => {};
    client.kept.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    rooms.openKept();
    part();
    answer({ artworks: [own(3, true)], next: null });
    await Promise.resolve();
    expect(works("kept")).toEqual([]);
  });
});

describe("what was that?", () => {
  it("lists the last fifty, after what is on its way has been delivered", async () => {
    rooms.openHistory();
    await settled();
    expect(works("history")).toEqual(["Work 4", "Work 3"]);
    expect(client.history.mock.calls).toEqual([[{ before: null, limit: 50 }]]);
    expect(client.flush.mock.invocationCallOrder[0]).toBeLessThan(
      client.history.mock.invocationCallOrder[0] ?? 0,
    );
    expect(
      [...room("history").querySelectorAll("button.choice")].every((more) => (more as HTMLElement).hidden),
    ).toBe(true);
  });

  it("reads on where many short visits fill no page", async () => {
    client.history.mockResolvedValueOnce({ artworks: [own(9)], next: "a" });
    client.history.mockResolvedValueOnce({ artworks: [], next: "b" });
    rooms.openHistory();
    await settled();
    expect(works("history")).toEqual(["Work 9", "Work 4", "Work 3"]);
    expect(client.history.mock.calls.map(([page]) => [page.before, page.limit])).toEqual([
      [null, 50],
      ["a", 49],
      ["b", 49],
    ]);
  });

  it("says when as a person does", () => {
    const now = new Date(2026, 5, 15, 18, 30);
    const at = (...time: [number, number, number, number]) => new Date(2026, ...time).toISOString();
    expect(whenWords(now.toISOString(), now)).toBe("just now");
    expect(whenWords(at(5, 15, 18, 29), now)).toBe("1 minute ago");
    expect(whenWords(at(5, 15, 18, 10), now)).toBe("20 minutes ago");
    expect(whenWords(at(5, 15, 9, 5), now)).toBe("09:05");
    expect(whenWords(at(5, 14, 23, 50), now)).toBe("yesterday, 23:50");
    expect(whenWords(at(4, 3, 12, 0), now)).toBe("3 May 2026");
  });
});

describe("the menu", () => {
  it("has all commands, each with its key", () => {
    rooms.openMenu();
    const keys = [...room("menu").querySelectorAll("kbd")].map(({ textContent }) => textContent);
    expect(keys).toEqual(["K", "S", "L", "W", "H", "D"]);
    press(room("menu"), "Your data");
    expect([room("menu").open, room("your-data").open]).toEqual([false, true]);
  });

  it("keeps the artwork on the wall, and offers to keep it no longer", async () => {
    rooms.openMenu();
    press(room("menu"), "Keep this artwork");
    await vi.waitFor(() => expect(said).toEqual(["Kept."]));
    rooms.openMenu();
    press(room("menu"), "Keep it no longer");
    await vi.waitFor(() => expect(client.unkeep.mock.calls).toEqual([[1]]));
  });
});

describe("your data", () => {
  it("is erased after a second word, and stays with another", async () => {
    rooms.openYourData();
    press(room("your-data"), "Erase it all");
    press(room("your-data"), "No, leave it");
    expect(client.erase).not.toHaveBeenCalled();
    press(room("your-data"), "Erase it all");
    press(room("your-data"), "Yes, erase it all");
    await vi.waitFor(() => expect(said.join()).toContain("Erased, as No. 12"));
    expect(room("your-data").open).toBe(false);
  });

  it("is not said to be erased when the server refuses", async () => {
    client.erase.mockRejectedValueOnce(new Error("down"));
    rooms.openYourData();
    press(room("your-data"), "Yes, erase it all");
    await vi.waitFor(() => expect(said).toEqual(["That can't be done right now. Nothing has been erased."]));
  });

  it("says what this browser may remember, and changes it", async () => {
    rooms.openYourData();
    const radio = (value: string) => room("your-data").querySelector(`#consent-${value}`) as HTMLInputElement;
    expect(radio("full").checked).toBe(true);
    const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
    radio("none").click();
    press(room("your-data"), "Remember this choice");
    await vi.waitFor(() => expect(reload).toHaveBeenCalled());
    expect([client.forget.mock.calls.length, localStorage.getItem("artfresh-player:consent")]).toEqual([
      1,
      "none",
    ]);
  });

  it("leads to what is held and why", () => {
    rooms.openYourData();
    expect(room("your-data").querySelector("a")?.getAttribute("href")).toBe("/privacy.html");
  });
});

describe("sharing", () => {
  it("copies the artwork's address where the system shares nothing", async () => {
    const writeText = vi.fn(async () => {});
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    rooms.share();
    await vi.waitFor(() => expect(said).toEqual(["The link is copied."]));
    expect(writeText.mock.calls).toEqual([[`${location.origin}/artwork/1`]]);
    vi.unstubAllGlobals();
  });

  it("uses the system's dialog, and takes a no for a no", async () => {
    const share = vi.fn().mockRejectedValue(new DOMException("no", "AbortError"));
    vi.stubGlobal("navigator", { share });
    rooms.share();
    await vi.waitFor(() => expect(said).toEqual(["Not shared."]));
    vi.unstubAllGlobals();
  });

  it("waits for a number", async () => {
    current = own(-1);
    rooms.share();
    await vi.waitFor(() => expect(said.join()).toContain("no number yet"));
    current = null;
    rooms.savePicture();
    expect(said.at(-1)).toBe("There is no artwork on the wall yet.");
  });
});
