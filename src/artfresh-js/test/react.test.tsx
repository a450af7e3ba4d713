// @vitest-environment happy-dom
import { Activity, act, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArtFreshError, type Artwork, type Client } from "../src/index.js";
import { useFreshArt, useImpression } from "../src/page/react.js";

const artwork = (id: number) =>
  ({ id, imageUrl: `/art/${id}.png`, mood: { valence: 0.5, energy: 0.5 } }) as Artwork;

/** A client that serves 1, 2, 3 … and notes what is asked of it. */
function fakeClient() {
  let next = 1;
  const fresh = vi.fn(async ({ count = 10 } = {}) => Array.from({ length: count }, () => artwork(next++)));
  const takers = new Set<(ids: number[]) => void>();
  const whenWithdrawn = (taken: (ids: number[]) => void) => {
    takers.add(taken);
    return () => takers.delete(taken);
  };
  const withdraw = (ids: number[]) => takers.forEach((taken) => void taken(ids));
  const whenListenerChanges = () => () => {};
  const impression = vi.fn();
  const hasShown = (id: number) => impression.mock.calls.some(([shown]) => shown === id);
  const end = vi.fn(async () => {});
  return {
    fresh,
    impression,
    hasShown,
    end,
    whenListenerChanges,
    whenWithdrawn,
    withdraw,
  } as unknown as Client & {
    withdraw: typeof withdraw;
    end: typeof end;
    fresh: typeof fresh;
    impression: ReturnType<typeof vi.fn>;
  };
}

/** Intersection observers of a window of 1000 x 1000, to which the test states what part of an element of 500 x 400 is in view. */
class FakeObserver {
  static open = new Set<FakeObserver>();
  static see(share: number, height = 400) {
    const area = (part: number) => ({ width: 500, height: height * part });
    for (const observer of FakeObserver.open)
      observer.tell([
        {
          isIntersecting: share > 0,
          intersectionRect: area(share),
          boundingClientRect: area(1),
          rootBounds: { width: 1000, height: 1000 },
        } as IntersectionObserverEntry,
      ]);
  }
  constructor(readonly tell: (entries: IntersectionObserverEntry[]) => void) {}
  observe() {
    FakeObserver.open.add(this);
  }
  disconnect() {
    FakeObserver.open.delete(this);
  }
}

let client: ReturnType<typeof fakeClient>;
let root: Root;
let next: () => void;
let error: unknown;

function Gallery({ valence = 0.5, from = client }: { valence?: number; from?: Client }) {
  const art = useFreshArt(from, { count: 4, valence });
  useImpression(from, art.artwork?.id);
  ({ next, error } = art);
  return <p>{art.artwork ? `artwork ${art.artwork.id}` : "none yet"}</p>;
}

function Picture({ id, ...options }: { id: number; share?: number; ms?: number }) {
  const ref = useImpression(client, id, options);
  return <img ref={ref} alt="" />;
}
const recorded = () => client.impression.mock.calls.map(([id]) => id);
const wait = (ms: number) =>
  act(async () => {
    // What is decoded starts its time first.
    await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(ms);
  });

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

test("a page that is closed gives back what was served and not shown, one that may come back does not", async () => {
  const { end } = client;
  await render(<Gallery />);
  await press();
  window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
  expect(end).not.toHaveBeenCalled();
  window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: false }));
  expect(end).toHaveBeenCalledExactlyOnceWith(
    [3, 4, ...(client.fresh.mock.calls.length > 1 ? [5, 6, 7, 8] : [])],
    true,
  );
});

test("StrictMode's double effects ask once and show the first artwork", async () => {
  await render(<Gallery />);
  expect(text()).toBe("artwork 1");
  expect(client.fresh).toHaveBeenCalledTimes(1);
});

test("withdrawn artworks leave the screen and the stock", async () => {
  await render(<Gallery />);
  await act(async () => client.withdraw([77]));
  expect(text()).toBe("artwork 1");
  await act(async () => client.withdraw([1, 2]));
  expect(text()).toBe("artwork 3");
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
  await act(async () => give([artwork(9)]));
  expect(text()).toBe("artwork 9");
});

test("a failure is returned, and the stock tries again", async () => {
  vi.useFakeTimers();
  client.fresh.mockRejectedValueOnce(new Error("down"));
  await render(<Gallery />);
  expect(error).toMatchObject({ message: "down" });
  await act(async () => void (await vi.advanceTimersByTimeAsync(1000)));
  expect(text()).toBe("artwork 1");
  expect(error).toBeUndefined();
  vi.useRealTimers();
});

function Route() {
  const { artwork } = useFreshArt(client, { count: 10 });
  return <p>{artwork?.id}</p>;
}

test("routes that come and go take from one stock, and put back what was not seen", async () => {
  const seen = new Set<string | null>();
  for (let visit = 0; visit < 21; visit++) {
    await render(<Route />);
    seen.add(text());
    await render(null);
    await act(() => new Promise((resolve) => setTimeout(resolve)));
  }
  expect(client.fresh.mock.calls.length).toBe(1);
  expect([...seen]).toEqual(["1"]);
});

test("goes on asking while the server is away", async () => {
  vi.useFakeTimers();
  client.fresh.mockRejectedValue(new Error("down"));
  await render(<Gallery />);
  const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
  await pass(60_000);
  const asked = client.fresh.mock.calls.length;
  expect(asked).toBeGreaterThan(4);
  expect(asked).toBeLessThan(12);
  client.fresh.mockReset().mockResolvedValue([artwork(1)]);
  await pass(20_000);
  expect([text(), error]).toEqual(["artwork 1", undefined]);
  vi.useRealTimers();
});

test("does not ask again what the server refuses", async () => {
  vi.useFakeTimers();
  client.fresh.mockRejectedValue(new ArtFreshError({ status: 400 }));
  await render(<Gallery />);
  await wait(60_000);
  expect(client.fresh).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
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

describe("useImpression with its ref", () => {
  let load: (isThere: boolean) => void;
  beforeEach(() => {
    vi.useFakeTimers();
    load = () => {};
    vi.spyOn(HTMLImageElement.prototype, "decode").mockResolvedValue();
    vi.stubGlobal("IntersectionObserver", FakeObserver);
  });
  afterEach(() => vi.useRealTimers());

  test("records what was half in view for a second, once, and watches no more", async () => {
    await render(<Picture id={5} />);
    await wait(5000);
    FakeObserver.see(0.49);
    await wait(5000);
    expect(recorded()).toEqual([]);
    FakeObserver.see(0.5);
    await wait(0);
    await wait(999);
    expect(recorded()).toEqual([]);
    await wait(1);
    expect(recorded()).toEqual([5]);
    expect(FakeObserver.open.size).toBe(0);
  });

  test("does not record a picture that is loading, not to be had, or without a size", async () => {
    const decode = vi.spyOn(HTMLImageElement.prototype, "decode");
    decode.mockImplementation(
      () =>
        new Promise((resolve, reject) => {
          load = (isThere) => (isThere ? resolve() : reject(new DOMException("", "EncodingError")));
        }),
    );
    await render(<Picture id={5} />);
    FakeObserver.see(1);
    await wait(8000);
    expect(recorded()).toEqual([]);
    load(false);
    await wait(8000);
    expect(recorded()).toEqual([]);
    // It has another address, and that picture is there.
    document.querySelector("img")?.dispatchEvent(new Event("load"));
    load(true);
    await wait(0);
    FakeObserver.see(1, 0);
    await wait(8000);
    expect(recorded()).toEqual([]);
    FakeObserver.see(1);
    load(true);
    await wait(0);
    await wait(1000);
    expect(recorded()).toEqual([5]);
  });

  test("starts the second anew where the view was broken", async () => {
    await render(<Picture id={5} />);
    FakeObserver.see(1);
    await wait(900);
    FakeObserver.see(0.1);
    FakeObserver.see(1);
    await wait(900);
    expect(recorded()).toEqual([]);
    await wait(100);
    expect(recorded()).toEqual([5]);
  });

  test("counts no time of a hidden page", async () => {
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    await render(<Picture id={5} />);
    FakeObserver.see(1);
    await wait(900);
    hidden.mockReturnValue(true);
    document.dispatchEvent(new Event("visibilitychange"));
    await wait(5000);
    expect(recorded()).toEqual([]);
    hidden.mockReturnValue(false);
    document.dispatchEvent(new Event("visibilitychange"));
    await wait(1000);
    expect(recorded()).toEqual([5]);
    hidden.mockRestore();
  });

  test("takes a share and a time of the page's own, and half a window for what is larger than one", async () => {
    await render(<Picture id={5} share={0.9} ms={50} />);
    FakeObserver.see(0.8);
    await wait(1000);
    expect(recorded()).toEqual([]);
    FakeObserver.see(0.9);
    await wait(50);
    expect(recorded()).toEqual([5]);
    await render(<Picture id={6} />);
    FakeObserver.see(0.1, 10_000);
    await wait(1000);
    expect(recorded()).toEqual([5, 6]);
  });

  test("lets go of what is taken off the page", async () => {
    await render(<Picture id={5} />);
    FakeObserver.see(1);
    await render(<p />);
    await wait(5000);
    expect(recorded()).toEqual([]);
    expect(FakeObserver.open.size).toBe(0);
  });
});
