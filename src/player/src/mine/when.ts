const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A time as a person would say it: minutes ago, the time of today, or the date. */
export function whenWords(at: string, now: Date): string {
  const then = new Date(at);
  const ms = now.getTime() - then.getTime();
  if (ms < MINUTE_MS) return "just now";
  const minutes = Math.floor(ms / MINUTE_MS);
  if (minutes < 60) return `${minutes} ${minutes === 1 ? "minute" : "minutes"} ago`;
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  if (then.toDateString() === new Date(now.getTime() - DAY_MS).toDateString()) return `yesterday, ${time}`;
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}
