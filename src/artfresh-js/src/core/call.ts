import { retryAfter } from "./retryAfter.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";

/** An answer. With `status` 0 there was none: the network failed or the time limit passed, and the outcome is unknown. */
export interface Answer {
  status: number;
  /** The parsed JSON body, or undefined; for lines of JSON (NDJSON) the Response, whose body is not read yet. */
  body?: unknown;
  /** `code` of a problem+json body. */
  code?: string | undefined;
  retryAfterMs?: number | undefined;
  /** The request failed so fast that the browser must have refused it, or has no network. */
  isRefused?: boolean;
}

/**
 * Sends one request: POST of JSON if there is a body, else GET, or the method that is named. Never rejects. A body with a session's token
 * needs no other sign-in.
 * @param last Whether the page may end at any moment: the body is sent as text/plain, which needs no preflight across origins.
 */
export type Call = (
  path: string,
  post?: object,
  last?: boolean,
  method?: "PUT" | "DELETE",
) => Promise<Answer>;

/** As `Call`, for the listener of a bearer token. */
export type CallAs = (bearer: string | undefined, ...request: Parameters<Call>) => Promise<Answer>;

/** Time limit of a request, for lines of JSON until their first byte. Without one, one lost answer would block the queue forever. */
export const answerMaxMs = 30_000;

/** A failure within this time counts as a refusal of the browser. */
const refusalMaxMs = 100;
/** How long requests are sent without `keepalive` after a request that may have been refused because of it. */
const plainMs = 60_000;

/** Called with the ids of artworks that were withdrawn. */
export type Taken = (artworkIds: number[]) => void;

/** @param takers Called when an answer names withdrawn artworks. */
export function createCall(
  { baseUrl, fetch, credentials, clock, emit }: Settings,
  counts: Counts,
  takers: Set<Taken>,
): CallAs {
  let plainUntilMs = 0;

  return async (bearer, path, post, last, method) => {
    const startedMs = performance.now();
    // A request with `keepalive` reaches the server even if the page ends and never sees the answer.
    const keepalive = !!post && (last || startedMs >= plainUntilMs);
    const late = new AbortController();
    const waiting = setTimeout(() => late.abort(), answerMaxMs);
    counts.calls++;
    try {
      const response = await fetch(baseUrl + path, {
        credentials,
        keepalive,
        signal: late.signal,
        headers: {
          ...(post && { "content-type": last ? "text/plain" : "application/json" }),
          ...(bearer && { authorization: `Bearer ${bearer}` }),
        },
        ...(method && { method }),
        ...(post && { method: "POST", body: JSON.stringify(post) }),
      });
      clock.learn(response.headers);
      const isLines = /ndjson/.test(response.headers.get("content-type") ?? "");
      // If the body is not JSON, or comes from an intermediary, the status suffices.
      const body = isLines ? response : await response.json().catch(() => undefined);
      // Apart from this request, which a fault of the page's own code must not fail.
      if (body?.withdrawn) {
        for (const taken of takers) setTimeout(taken, 0, body.withdrawn);
        emit("withdrawn", { artworkIds: body.withdrawn });
      }
      return { status: response.status, body, code: body?.code, retryAfterMs: retryAfter(response.headers) };
    } catch {
      // All `keepalive` requests of a page share 64 KiB, which other scripts may have used.
      const isRefused = performance.now() - startedMs < refusalMaxMs;
      if (keepalive && isRefused) plainUntilMs = startedMs + plainMs;
      return { status: 0, isRefused };
    } finally {
      clearTimeout(waiting);
    }
  };
}

/**
 * Whether a failed request may succeed on a retry: no answer, a 2xx from an intermediary (such as a hotel's sign-in page), an expired sign-in, too
 * many requests, or a server error.
 */
export const isTransient = ({ status }: { readonly status: number }): boolean =>
  status < 400 || status >= 500 || [401, 408, 425, 429].includes(status);

/** The server refused a request, or did not answer any of its tries. */
export class ArtFreshError extends Error {
  override readonly name = "ArtFreshError";
  /** HTTP status; 0 if there was no answer. */
  declare readonly status: number;
  /** `code` of the server's problem+json, if there was one. */
  declare readonly code: string | undefined;
  /** `detail` of the server's problem+json, if there was one: what is wrong, and what to do. */
  declare readonly detail: string | undefined;
  /** The server's answer, parsed if it was JSON. */
  declare readonly body: unknown;

  constructor(answer: Answer) {
    const { detail } = (answer.body ?? {}) as { detail?: string };
    const { status, code } = answer;
    super(
      [`ArtFresh ${status ? `answered ${status}` : "did not answer"}`, code, detail]
        .filter(Boolean)
        .join(": "),
    );
    Object.assign(this, answer, { detail });
  }
}
