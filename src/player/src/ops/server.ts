import type { HeldPage, Pulse, State, Strike, Struck, Summary } from "./wire.js";

const keyName = "artfresh-operator-key";

/** The server beats every 15 s: one that says nothing for longer is gone, though its connection stands. */
const silenceMs = 25_000;

/** The server does not accept this caller as an operator. */
export class RefusedError extends Error {}

/** There is no such thing, or no longer. */
export class GoneError extends Error {}

/** Kept for this tab only: the next person to open the browser signs in again. */
export const keepKey = (key: string): void => sessionStorage.setItem(keyName, key);
export const dropKey = (): void => sessionStorage.removeItem(keyName);

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const key = sessionStorage.getItem(keyName);
  const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401 || answer.status === 403) throw new RefusedError();
  if (!answer.ok) throw new (answer.status === 404 ? GoneError : Error)(await detailOf(answer));
  return answer;
}

/** What to do about a refusal, in the server's words. */
async function detailOf(answer: Response): Promise<string> {
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? `The server answers ${answer.status}.`;
}

const query = (days: string, release: string) =>
  `?days=${days}${release ? `&release=${encodeURIComponent(release)}` : ""}`;

export const summarize = async (days: string, release: string): Promise<Summary> =>
  (await ask(`/api/ops/kpis${query(days, release)}`)).json() as Promise<Summary>;

/** What the server does at the moment. */
export const readPulse = async (signal: AbortSignal): Promise<Pulse> =>
  (await ask("/api/ops/pulse", { signal })).json() as Promise<Pulse>;

const tell = (method: "POST" | "PUT", path: string, body: object): Promise<Response> =>
  ask(path, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });

export const switchDelivery = async (release: string, delivery: string, reason: string): Promise<void> => {
  await tell("POST", `/api/ops/releases/${encodeURIComponent(release)}/delivery`, { delivery, reason });
};

/** Gives a release figures of its own, before a quorum of networks uses it. */
export const knowRelease = async (release: string, reason: string): Promise<void> => {
  await tell("PUT", `/api/ops/releases/${encodeURIComponent(release)}`, { reason });
};

/** Leaves claims out of the figures, or counts them again. */
export const strikeClaims = async (strike: Strike): Promise<Struck> =>
  (await tell("POST", "/api/ops/strikes", strike)).json() as Promise<Struck>;

/** Takes an artwork down, or puts it back. Resolves to how many were changed. */
export const withdrawArtwork = async (id: string, reason: string, undo: boolean): Promise<number> => {
  const answer = await tell("POST", `/api/ops/artworks/${encodeURIComponent(id)}/withdraw`, { reason, undo });
  return ((await answer.json()) as { changed: number }).changed;
};

/** Pictures that wait, after one. */
export const readHeld = async (after: number, limit: number): Promise<HeldPage> =>
  (await ask(`/api/ops/held?after=${after}&limit=${limit}`)).json() as Promise<HeldPage>;

/** An address of a waiting picture's bytes in this page. An img element cannot send a key. */
export const heldPicture = async (path: string): Promise<string> =>
  URL.createObjectURL(await (await ask(`${path}?width=1024`)).blob());

export const decideHeld = async (id: number, word: "approve" | "refuse", reason: string): Promise<void> => {
  await tell("POST", `/api/ops/held/${id}/${word}`, { reason });
};

/** Calls back with each state that the server streams, until the stream ends or is aborted. EventSource cannot send a key. */
export async function follow(
  days: string,
  release: string,
  signal: AbortSignal,
  onState: (state: State) => void,
): Promise<void> {
  const answer = await ask(`/api/ops/live${query(days, release)}`, { signal });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const text = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read());
      if (done) return;
      const events = (rest + text.decode(value, { stream: true })).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = dataOf(event);
        if (data) onState(JSON.parse(data) as State);
      }
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** The answer, unless the server falls silent. */
async function withinTime<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The server has fallen silent.")), silenceMs);
  });
  return Promise.race([read, silence]).finally(() => clearTimeout(timer));
}

/** The data of an event of the stream; empty for a heartbeat. HTML Standard, section 9.2.6. */
export function dataOf(event: string): string {
  const lines = event.split("\n").filter((line) => line.startsWith("data:"));
  return lines.map((line) => line.slice(5).replace(/^ /, "")).join("\n");
}
