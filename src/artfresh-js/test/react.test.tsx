// @vitest-environment happy-dom
import { Activity, act, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Artwork, Client } from "../src/index.js";
import { useArtFresh, useImpression } from "../src/react.js";

/** A client that serves 1, 2, 3 … and notes what is asked of it. */
function fakeClient() {
  let next = 1;
  const fresh = vi.fn(async ({ count = 10 } = {}) =>
    Array.from({ length: count }, () => ({ id: next++ }) as Artwork),
  );
  return { fresh, impression: vi.fn() } as unknown as Client & {
    fresh: typeof fresh;
    impression: ReturnType<typeof vi.fn>;
  };
}

let client: ReturnType<typeof fakeClient>;
let root: Root;
let next: () => void;
let error: unknown;

function Gallery({ valence = 0.5, from = client }: { valence?: number; from?: Client }) {
  const art = useArtFresh(from, { count: 4, valence });
  useImpression(from, art.artwork?.id);
  ({ next, error } = art);
  return <p>{art.artwork ? `artwork ${art.artwork.id}` : "none yet"}</p>;
}

const render = (element: React.ReactNode) => act(async () => root.render(<StrictMode>{element}</StrictMode>));
const press = (times = 1) =>
  act(async () => {
    for (let i = 0; i < times; i++) next();
  });
const text = () => document.body.textContent;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  client = fakeClient();
  root = createRoot(document.body);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

test("StrictMode's double effects ask once and show the first artwork", async () => {
  await render(<Gallery />);
  expect(text()).toBe("artwork 1");
  expect(client.fresh).toHaveBeenCalledTimes(1);
});

test("each artwork that is committed is an impression, a re-render is none", async () => {
  await render(<Gallery />);
  const first = client.impression.mock.calls.length;
  await render(<Gallery />);
  expect(client.impression.mock.calls.length).toBe(first);
  await press();
  expect(text()).toBe("artwork 2");
  expect([...new Set(client.impression.mock.calls.map(([id]) => id))]).toEqual([1, 2]);
});

test("more is asked for before the stock is empty, in the mood of the moment", async () => {
  await render(<Gallery />);
  await render(<Gallery valence={0.9} />);
  await press();
  expect(client.fresh.mock.calls.map(([wish]) => wish)).toMatchObject([{ valence: 0.5 }, { valence: 0.9 }]);
  await press(5);
  expect(text()).toBe("artwork 7");
});

test("a click ahead of the stock is honoured when the answer comes", async () => {
  let give: (art: Artwork[]) => void = () => {};
  client.fresh.mockImplementation(() => new Promise((resolve) => (give = resolve)));
  await render(<Gallery />);
  expect(text()).toBe("none yet");
  await press();
  expect(client.fresh).toHaveBeenCalledTimes(1);
  await act(async () => give([{ id: 9 } as Artwork]));
  expect(text()).toBe("artwork 9");
});

test("a failure is told, the artwork stays, and the next click tries again", async () => {
  client.fresh.mockRejectedValueOnce(new Error("down"));
  await render(<Gallery />);
  expect(error).toMatchObject({ message: "down" });
  await press();
  expect(text()).toBe("artwork 1");
  expect(error).toBeUndefined();
});

test("a component that was hidden and comes back shows the artwork that it showed", async () => {
  for (const mode of ["visible", "hidden", "visible"] as const)
    await render(
      <Activity mode={mode}>
        <Gallery />
      </Activity>,
    );
  expect(text()).toBe("artwork 1");
});

test("another client starts anew with its own art", async () => {
  await render(<Gallery />);
  const other = fakeClient();
  await render(<Gallery from={other} />);
  expect(text()).toBe("artwork 1");
  expect(other.fresh).toHaveBeenCalledTimes(1);
  expect(new Set(other.impression.mock.calls.map(([id]) => id))).toEqual(new Set([1]));
});
