import { parseRetryAfter } from "./insist.js";
import type { Settings } from "./settings.js";
import type { Counts } from "./stats.js";

/** What came back; `status` 0 is no answer at all: the network failed, or the time was up, and the outcome is unknown. */
export interface Answer {
  status: number;
  /** The parsed JSON body, or undefined where there is none. */
  body?: unknown;
  /** `code` of a problem+json body. */
  code?: string | undefined;
  retryAfterMs?: number | undefined;
}

/**
 * One request: POST of JSON where there is something to post, else GET. Never rejects.
 * @param last The page may end any moment: goes as text/plain, which needs no preflight across origins.
 */
export type Call = (path: string, post?: object, last?: boolean) => Promise<Answer>;

/** No server that is alive takes longer; without a limit one lost answer would hold the queue forever. */
const answerMaxMs = 30_000;

export function createCall({ baseUrl, fetch }: Settings, counts: Counts): Call {
  return async (path, post, last) => {
    counts.calls++;
    try {
      const response = await fetch(baseUrl + path, {
        credentials: "include",
        // What the server does with it matters more than that the page sees it.
        keepalive: !!post,
        // Televisions' browsers may be too old for it: they wait as long as they please.
        signal: AbortSignal.timeout?.(answerMaxMs) ?? null,
        ...(post && {
          method: "POST",
          headers: { "content-type": last ? "text/plain" : "application/json" },
          body: JSON.stringify(post),
        }),
      });
      // Nothing there, or something in between answered in the server's place: the status says enough.
      const body = await response.json().catch(() => undefined);
      const retryAfterMs = parseRetryAfter(response.headers);
      return { status: response.status, body, code: body?.code, retryAfterMs };
    } catch {
      return { status: 0 };
    }
  };
}

/**
 * Whether an answer that was not the one hoped for may be another next time: no answer, a 2xx that something in between made
 * up (a hotel's sign-in page), a sign-in that ran out, too many requests, a server in trouble.
 */
export const isTransient = ({ status }: { readonly status: number }): boolean =>
  status < 400 || status >= 500 || [401, 408, 425, 429].includes(status);

/** A request that the server refused, or did not answer however often it was repeated. */
export class ArtFreshError extends Error {
  /** HTTP status; 0 where no answer came. */
  declare readonly status: number;
  /** `code` of the server's problem+json, where it sent one. */
  declare readonly code: string | undefined;
  /** The server's answer, parsed, where it was JSON: a problem+json says in `detail` what to do. */
  declare readonly body: unknown;

  constructor(answer: Answer) {
    super(`ArtFresh answered ${answer.status} ${answer.code ?? ""}`);
    Object.assign(this, answer);
  }
}
