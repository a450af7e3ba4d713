import { type Answer, ArtFreshError, isTransient } from "./call.js";
import type { Settings } from "./settings.js";

const backoffBaseMs = 500;
const backoffMaxMs = 60_000;
/** A longer wish is cut: past 2^31 ms a timer fires at once. */
const retryAfterMaxMs = 3_600_000;
/** Times that a request which somebody waits for is sent before it is given up: about 30 s of backoff. */
const attemptsMax = 7;

/**
 * Milliseconds to wait before trying again: uniform in [0, min(60 s, 0.5 s · 2^failures)), "full jitter"
 * (M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015). With a server's Retry-After,
 * that and up to a second more, so that a crowd told the same second does not come back as one.
 */
export const retryDelayMs = (failures: number, random: () => number, retryAfterMs?: number): number =>
  retryAfterMs === undefined
    ? random() * Math.min(backoffMaxMs, backoffBaseMs * 2 ** failures)
    : retryAfterMs + random() * 1000;

/** Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date); undefined where it says nothing. */
export function parseRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  // A date is held against the server's own clock, where it sends one: a listener's may be hours off.
  const ms = /^\d+$/.test(text)
    ? +text * 1000
    : Date.parse(text) - (Date.parse(headers.get("date") ?? "") || Date.now());
  return Number.isNaN(ms) ? undefined : Math.min(ms, retryAfterMaxMs);
}

/** Resolves after so long, or as soon as the network is back. */
export const pause = (ms: number): Promise<unknown> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
    const signal = AbortSignal.timeout?.(ms);
    globalThis.window?.addEventListener("online", resolve, { signal });
  });

/** One try: `done` is what was asked for; without it, `again` asks for another try where the answer alone would not. */
export type Try<T> = Answer & { done?: T | undefined; again?: boolean | undefined };

/** Tries until it is done. Rejects with ArtFreshError when the answer is final or the patience at its end. */
export async function insist<T>({ random }: Settings, send: () => Promise<Try<T>>): Promise<T> {
  for (let failures = 1; ; failures++) {
    const answer = await send();
    if (answer.done !== undefined) return answer.done;
    if (failures === attemptsMax || !(answer.again || isTransient(answer))) throw new ArtFreshError(answer);
    await pause(retryDelayMs(failures, random, answer.retryAfterMs));
  }
}
