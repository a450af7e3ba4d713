/** Upper bound of the time: beyond 2^31 ms a timer fires at once. */
const retryAfterMaxMs = 3_600_000;

/** Milliseconds of a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date); undefined if it is missing or invalid. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  // Compares a date with the server's Date header if there is one: a listener's clock may be hours off.
  const ms = /^\d+$/.test(text)
    ? +text * 1000
    : Date.parse(text) - (Date.parse(headers.get("date") ?? "") || Date.now());
  return Number.isNaN(ms) ? undefined : Math.min(ms, retryAfterMaxMs);
}
