import { type Answer, ArtFreshError, isTransient } from "./call.js";
import type { Settings } from "./settings.js";

const backoffBaseMs = 500;
const backoffMaxMs = 60_000;
/** The most tries of a request that a caller awaits: about 30 s of backoff. */
const attemptsMax = 7;

/**
 * Milliseconds to wait before the next try: uniform in [0, min(60 s, 0.5 s · 2^failures)), "full jitter"
 * (M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015). With a Retry-After, that time plus up to
 * a second, so that many clients with the same Retry-After do not return at once.
 */
export const retryDelayMs = (failures: number, random: () => number, retryAfterMs?: number): number =>
  retryAfterMs === undefined
    ? random() * Math.min(backoffMaxMs, backoffBaseMs * 2 ** failures)
    : retryAfterMs + random() * 1000;

/** Resolves after this time, or when the network is back. */
export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const { window } = globalThis as Partial<typeof globalThis>;
    const end = () => {
      window?.removeEventListener("online", end);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    window?.addEventListener("online", end);
  });

/** The result of a try. `done` is the value; `again` asks for another try even if the answer is final. */
export type Try<T> = Answer & { done?: T | undefined; again?: boolean | undefined };

/** Tries until there is a value. Rejects with ArtFreshError when an answer is final, or after `attemptsMax` tries. */
export async function insist<T>({ random }: Settings, send: () => Promise<Try<T>>): Promise<T> {
  for (let failures = 1; ; failures++) {
    const answer = await send();
    if (answer.done !== undefined) return answer.done;
    if (failures === attemptsMax || !(answer.again || isTransient(answer))) throw new ArtFreshError(answer);
    await pause(retryDelayMs(failures, random, answer.retryAfterMs));
  }
}
