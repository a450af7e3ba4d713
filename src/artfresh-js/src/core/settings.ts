/** Takes a line and, for debugging, its details. Neither holds a token or a listener id. */
export type Log = (line: string, detail?: object) => void;

export interface ClientOptions {
  /** Address of the server; the page's own origin by default. */
  baseUrl?: string | undefined;
  /** Name of the page's release for the KPIs: up to 64 letters, digits and . - _ +. */
  release?: string | undefined;
  /**
   * Milliseconds that an impression waits for others before it is sent; by default 600,000 where it is on disk and the browser sends it
   * should the page die, else 10,000.
   */
  flushDelay?: number | undefined;
  /** Impressions that are sent without waiting; by default 50 where they are on disk and the browser sends them, else 20. */
  flushSize?: number | undefined;
  /** Takes the log; the console by default, which gets the lines without their details. */
  log?: Log | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Stands in for IndexedDB where that is missing: localStorage by default; null keeps everything in memory. */
  storage?: Storage | null | undefined;
  /** Uniform in [0, 1), for the jitter of retries. */
  random?: (() => number) | undefined;
}

/** Options without a default, or with one that is known later. */
type Optional = "release" | "flushDelay" | "flushSize" | "storage";

type Defaults = { [Name in Exclude<keyof ClientOptions, Optional>]-?: NonNullable<ClientOptions[Name]> };

/** The options with their defaults filled in. */
export type Settings = Defaults & Pick<ClientOptions, Optional>;

export function settingsOf({ baseUrl = "", log, fetch, random, ...others }: ClientOptions): Settings {
  return {
    ...others,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    // Session-replay tools record the console: the lines are enough there.
    log: log ?? ((line) => console.info(line)),
    fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
    random: random ?? Math.random,
  };
}
