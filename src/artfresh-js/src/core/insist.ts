import { type Answer, ArtFreshError, isTransient } from "./call.js";
import type { Settings } from "./settings.js";

const backoffBaseMs = 500;
const backoffMaxMs = 60_000;
/** How often a request that somebody waits for is sent before it is given up: about 30 s of backoff. */
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

/** Resolves after so long, or as soon as the network is back. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      over.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    globalThis.window?.addEventListener("online", end, { signal: over.signal });
  });

/** One try: `done` is what was asked for; without it, `again` asks for another try where the answer alone would not. */
export type Try<T> = Answer & { done?: T | undefined; again?: boolean | undefined };

/** Tries until it is done. Rejects with ArtFreshError when the answer is final, or after 7 tries. */
export async function insist<T>({ random }: Settings, send: () => Promise<Try<T>>): Promise<T> {
  for (let failures = 1; ; failures++) {
    const answer = await send();
    if (answer.done !== undefined) return answer.done;
    if (failures === attemptsMax || !(answer.again || isTransient(answer))) throw new ArtFreshError(answer);
    await pause(retryDelayMs(failures, random, answer.retryAfterMs));
  }
}
