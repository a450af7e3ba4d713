import { parseRetryAfter } from "./retry.js";

/** What came back; `status` 0 is no answer at all: the network failed, or the time was up, and the outcome is unknown. */
export interface Answer {
  status: number;
  /** The parsed JSON body, or undefined where there is none. */
  body?: unknown;
  /** `code` of a problem+json body. */
  code?: string | undefined;
  retryAfterMs?: number | undefined;
}

/** One request. Never rejects, but with the reason of an aborted `signal`. */
export type Call = (path: string, init?: CallInit) => Promise<Answer>;

export interface CallInit {
  /** Sent as JSON by POST; without it the request is a GET. */
  post?: object;
  signal?: AbortSignal | undefined;
  /** Outlives the page, and goes as text/plain, which needs no preflight across origins. */
  keepalive?: boolean;
}

/** No answer in a server that is alive takes longer; without a limit one lost answer would hold the queue forever. */
const answerMaxMs = 30_000;

export function createCall(baseUrl: string, fetch: typeof globalThis.fetch, counts: { calls: number }): Call {
  return async (path, { post, signal, keepalive = false } = {}) => {
    counts.calls++;
    const limit = new AbortController();
    const abort = () => limit.abort();
    const timer = setTimeout(abort, answerMaxMs);
    signal?.addEventListener("abort", abort);
    try {
      signal?.throwIfAborted();
      const response = await fetch(baseUrl + path, {
        credentials: "include",
        keepalive,
        signal: limit.signal,
        ...(post && {
          method: "POST",
          headers: { "content-type": keepalive ? "text/plain" : "application/json" },
          body: JSON.stringify(post),
        }),
      });
      const text = await response.text();
      const body = parseJson(text);
      const code = (body as { code?: string } | undefined)?.code;
      return { status: response.status, body, code, retryAfterMs: parseRetryAfter(response.headers) };
    } catch {
      signal?.throwIfAborted();
      return { status: 0 };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  };
}

/** Whether trying the same again may help: no answer, too many requests, or a server in trouble. */
export const isTransient = ({ status }: Answer): boolean =>
  status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;

/** A request that the server refused, or did not answer however often it was repeated. */
export class ArtFreshError extends Error {
  override readonly name = "ArtFreshError";
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** `code` of the server's problem+json, where it sent one. */
  readonly code: string | undefined;

  constructor(what: string, { status, code }: Answer) {
    super(`${what}: ${status ? `the server answered ${status} ${code ?? ""}` : "no answer"}`.trim());
    this.status = status;
    this.code = code;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
