import { retryAfter } from "./retryAfter.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";

/** An answer. `status` 0 is none: the network failed or the time ran out, and the outcome is unknown. */
export interface Answer {
  status: number;
  /** The parsed JSON body, or undefined where there is none. */
  body?: unknown;
  /** `code` of a problem+json body. */
  code?: string | undefined;
  retryAfterMs?: number | undefined;
  /** It failed so fast that the browser itself must have refused it, or have no network. */
  isRefused?: boolean;
}

/**
 * One request: POST of JSON where there is something to post, else GET. Never rejects.
 * @param last The page may end any moment: goes as text/plain, which needs no preflight across origins.
 */
export type Call = (path: string, post?: object, last?: boolean) => Promise<Answer>;

/** A live server answers sooner; without a limit one lost answer would hold the queue forever. */
const answerMaxMs = 30_000;

/** A browser that has no room for a request refuses it at once. */
const refusalMaxMs = 100;
/** How long requests go without `keepalive` after one that may have been refused for it. */
const plainMs = 60_000;

export function createCall({ baseUrl, fetch }: Settings, counts: Counts): Call {
  let plainUntilMs = 0;

  return async (path, post, last) => {
    const startedMs = Date.now();
    // That the server gets it matters more than that the page sees the answer.
    const keepalive = !!post && (last || startedMs >= plainUntilMs);
    counts.calls++;
    try {
      const response = await fetch(baseUrl + path, {
        credentials: "include",
        keepalive,
        // Older engines, such as televisions', have no `timeout`: they wait as long as they please.
        signal: AbortSignal.timeout?.(answerMaxMs) ?? null,
        ...(post && {
          method: "POST",
          headers: { "content-type": last ? "text/plain" : "application/json" },
          body: JSON.stringify(post),
        }),
      });
      // Without JSON, or where something in between answered in the server's place, the status says enough.
      const body = await response.json().catch(() => undefined);
      return { status: response.status, body, code: body?.code, retryAfterMs: retryAfter(response.headers) };
    } catch {
      // All `keepalive` requests of a page share 64 KiB, which other scripts may have used up.
      const isRefused = Date.now() - startedMs < refusalMaxMs;
      if (keepalive && isRefused) plainUntilMs = startedMs + plainMs;
      return { status: 0, isRefused };
    }
  };
}

/**
 * Whether an answer that was no success may be one next time: no answer, a 2xx that something in between made up (a hotel's sign-in
 * page), a sign-in that ran out, too many requests, a server in trouble.
 */
export const isTransient = ({ status }: { readonly status: number }): boolean =>
  status < 400 || status >= 500 || [401, 408, 425, 429].includes(status);

/** A request that the server refused, or did not answer however often it was repeated. */
export class ArtFreshError extends Error {
  override readonly name = "ArtFreshError";
  /** HTTP status; 0 where no answer came. */
  declare readonly status: number;
  /** `code` of the server's problem+json, where it sent one. */
  declare readonly code: string | undefined;
  /** `detail` of the server's problem+json, where it sent one: what is wrong, and what to do. */
  declare readonly detail: string | undefined;
  /** The server's answer, parsed, where it was JSON. */
  declare readonly body: unknown;

  constructor(answer: Answer) {
    const { detail } = (answer.body ?? {}) as { detail?: string };
    const { status, code } = answer;
    super(
      status
        ? [`ArtFresh answered ${status}`, code, detail].filter(Boolean).join(": ")
        : "ArtFresh did not answer",
    );
    Object.assign(this, answer, { detail });
  }
}
