import { expect, it, vi } from "vitest";
import { createKeeping } from "../src/keeping.js";

it("keeps an artwork, and at the second time keeps it no longer", async () => {
  const client = { keep: vi.fn(async () => {}), unkeep: vi.fn(async () => {}) };
  const keeping = createKeeping(client);
  expect(await keeping.toggle(7)).toBe("Kept.");
  expect([keeping.has(7), keeping.has(8)]).toEqual([true, false]);
  expect(await keeping.toggle(7)).toBe("Not kept any longer.");
  expect(keeping.has(7)).toBe(false);
  expect([client.keep.mock.calls, client.unkeep.mock.calls]).toEqual([[[7]], [[7]]]);
});

it("says when an artwork has no id yet or the server refuses", async () => {
  const client = { keep: vi.fn().mockRejectedValue(new Error("down")), unkeep: vi.fn() };
  const keeping = createKeeping(client);
  expect(await keeping.toggle(-1)).toBe("This artwork can't be kept yet.");
  expect(await keeping.toggle(undefined)).toBe("This artwork can't be kept yet.");
  expect(await keeping.toggle(7)).toBe("Can't keep artworks right now.");
  expect(client.keep).toHaveBeenCalledTimes(1);
});

it("says what the server refuses: what was never served, and one too many", async () => {
  const refused = (code: string) => Object.assign(new Error(code), { code });
  const keep = vi
    .fn()
    .mockRejectedValueOnce(refused("artwork_not_found"))
    .mockRejectedValueOnce(refused("kept_full"));
  const keeping = createKeeping({ keep, unkeep: vi.fn() });
  expect(await keeping.toggle(7)).toBe("Only what you were served can be kept.");
  expect(await keeping.toggle(7)).toBe("Your wall is full. Keep something no longer first.");
  expect(keeping.has(7)).toBe(false);
});

it("knows what the server says is kept, until another listener comes", async () => {
  const client = { keep: vi.fn(async () => {}), unkeep: vi.fn(async () => {}) };
  const keeping = createKeeping(client);
  keeping.note(7, true);
  keeping.note(8, true);
  keeping.note(8, false);
  expect([keeping.has(7), keeping.has(8)]).toEqual([true, false]);
  keeping.clear();
  expect(keeping.has(7)).toBe(false);
});
