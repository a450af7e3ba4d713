/** Receives a line and, for debugging, its details. Neither contains a token or a listener id. */
export type Log = (line: string, detail?: object) => void;

export interface ClientOptions {
  /** Address of the server; the page's own origin by default. */
  baseUrl?: string | undefined;
  /** Name of the page's release, for the key figures: up to 64 letters, digits and . - _ +. */
  release?: string | undefined;
  /**
   * Milliseconds that an impression waits for others. By default 600,000 if it is on disk and the browser sends it when the page dies,
   * else 10,000.
   */
  flushDelay?: number | undefined;
  /** Number of impressions that are sent without waiting for more. By default 50 if they are on disk and the browser sends them when the page dies, else 20. */
  flushSize?: number | undefined;
  /** Receives the log; by default the console, without details. */
  log?: Log | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Replaces IndexedDB if that is not available: localStorage by default; null keeps everything in memory. */
  storage?: Storage | null | undefined;
  /** Uniform in [0, 1), for the jitter of retries. */
  random?: (() => number) | undefined;
}

/** Options without a default, or whose default is computed later. */
type Optional = "release" | "flushDelay" | "flushSize" | "storage";

type Defaults = { [Name in Exclude<keyof ClientOptions, Optional>]-?: NonNullable<ClientOptions[Name]> };

/** The options with their defaults. */
export type Settings = Defaults & Pick<ClientOptions, Optional>;

export function settingsOf({ baseUrl = "", log, fetch, random, ...others }: ClientOptions): Settings {
  return {
    ...others,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    // Without the details, because session-replay tools record the console.
    log: log ?? ((line) => console.info(line)),
    fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
    random: random ?? Math.random,
  };
}
