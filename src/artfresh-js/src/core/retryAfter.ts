/** Longer times are cut: past 2^31 ms a timer fires at once. */
const retryAfterMaxMs = 3_600_000;

/** Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date); undefined where it says nothing. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  // A date is held against the server's own clock, where it sends one: a listener's may be hours off.
  const ms = /^\d+$/.test(text)
    ? +text * 1000
    : Date.parse(text) - (Date.parse(headers.get("date") ?? "") || Date.now());
  return Number.isNaN(ms) ? undefined : Math.min(ms, retryAfterMaxMs);
}
