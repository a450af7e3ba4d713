const backoffBaseMs = 500;
const backoffMaxMs = 60_000;
/** A longer wish is cut: past 2^31 ms a timer fires at once. */
const retryAfterMaxMs = 3_600_000;

/**
 * Milliseconds to wait before trying again: uniform in [0, min(60 s, 0.5 s · 2^failures)), "full jitter"
 * (M. Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015). With a server's Retry-After,
 * that and up to a second more, so that a crowd told the same second does not come back as one.
 */
export function retryDelayMs(failures: number, random: () => number, retryAfterMs?: number): number {
  return retryAfterMs === undefined
    ? random() * Math.min(backoffMaxMs, backoffBaseMs * 2 ** failures)
    : retryAfterMs + random() * 1000;
}

/** Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date); undefined where it says nothing. */
export function parseRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  // A date is held against the server's own clock, where it sends one: a listener's may be hours off.
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - (Date.parse(headers.get("date") ?? "") || Date.now());
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), retryAfterMaxMs);
}

/** Resolves after `ms`; rejects with the signal's reason when aborted. */
export function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}
