// @vitest-environment happy-dom
import { act, StrictMode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Client, OwnArtwork } from "../src/index.js";
import { useHistory, useImpression, useKeep, useKept } from "../src/page/react.js";

const own = (...ids: number[]) => ids.map((id) => ({ id }) as OwnArtwork);
function HistoryWall({ client }: { client: Client }) {
  const { artworks, more } = useHistory(client);
  return (
    <button type="button" onClick={more} disabled={!more}>
      {artworks.map(({ id }) => id).join()}
    </button>
  );
}

function KeptWall({ client }: { client: Client }) {
  const { artworks, error, reload } = useKept(client);
  return (
    <button type="button" onClick={reload}>
      {error ? `${error}` : artworks.map(({ id }) => id).join()}
    </button>
  );
}

function Heart({ client }: { client: Client }) {
  const [isKept, toggle] = useKeep(client, 7);
  return (
    <button type="button" onClick={toggle}>
      {isKept ? "kept" : "not kept"}
    </button>
  );
}

let root: Root;
let host: HTMLElement;
beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  host = document.createElement("div");
  root = createRoot(host);
});
afterEach(() => act(() => root.unmount()));

test("history goes on page by page until the last", async () => {
  const history = vi.fn(async ({ before }: { before?: string | null } = {}) =>
    before ? { artworks: own(1), next: null } : { artworks: own(3, 2), next: "place" },
  );
  const client = {
    history,
    whenListenerChanges: () => () => {},
    whenWithdrawn: () => () => {},
  } as unknown as Client;
  await act(async () => root.render(<HistoryWall client={client} />));
  const button = host.querySelector("button") as HTMLButtonElement;
  expect([button.textContent, button.disabled]).toEqual(["3,2", false]);
  await act(async () => button.click());
  expect([button.textContent, button.disabled]).toEqual(["3,2,1", true]);
});

test("kept artworks that cannot be read are an error, and reload tries again", async () => {
  const kept = vi
    .fn()
    .mockRejectedValueOnce(new Error("down"))
    .mockResolvedValue({ artworks: own(7), next: null });
  const client = {
    kept,
    whenListenerChanges: () => () => {},
    whenWithdrawn: () => () => {},
  } as unknown as Client;
  await act(async () => root.render(<KeptWall client={client} />));
  expect(host.textContent).toBe("Error: down");
  await act(async () => host.querySelector("button")?.click());
  expect(host.textContent).toBe("7");
});

test("keep changes at once, and back if the server refuses", async () => {
  let refuse: (error: Error) => void = () => {};
  const keep = vi.fn(() => new Promise<void>((_, reject) => (refuse = reject)));
  const client = { keep, unkeep: vi.fn(async () => {}) } as unknown as Client;
  await act(async () => root.render(<Heart client={client} />));
  await act(async () => host.querySelector("button")?.click());
  expect([host.textContent, keep.mock.calls]).toEqual(["kept", [[7]]]);
  await act(async () => refuse(new Error("refused")));
  expect(host.textContent).toBe("not kept");
});

test("another listener's list takes the place of the last one's", async () => {
  let part = () => {};
  const kept = vi
    .fn()
    .mockResolvedValueOnce({ artworks: own(7), next: null })
    .mockResolvedValue({ artworks: own(8), next: null });
  const whenListenerChanges = (parted: () => void) => {
    part = parted;
    return () => {};
  };
  const client = { kept, whenListenerChanges, whenWithdrawn: () => () => {} } as unknown as Client;
  await act(async () => root.render(<KeptWall client={client} />));
  expect(host.textContent).toBe("7");
  await act(async () => part());
  expect(host.textContent).toBe("8");
});

function Revisited({ client, id }: { client: Client; id: number }) {
  useImpression(client, id, { revisit: true });
  return null;
}

test("a kept artwork that is shown again on purpose is recorded once each time, also in StrictMode", async () => {
  const impression = vi.fn(async () => {});
  const client = { impression } as unknown as Client;
  for (const id of [7, 7, 8, 7])
    await act(async () =>
      root.render(
        <StrictMode>
          <Revisited client={client} id={id} />
        </StrictMode>,
      ),
    );
  expect(impression.mock.calls).toEqual([7, 8, 7].map((id) => [id, { revisit: true }]));
});
