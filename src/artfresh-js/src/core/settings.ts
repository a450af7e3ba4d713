/** Where the client says what it does. */
export type Log = (line: string, detail?: object) => void;

export interface ClientOptions {
  /** Origin of the server, without a slash at its end; the page's own by default. */
  baseUrl?: string;
  /** Name of the page's release for the KPIs: up to 64 letters, digits and . - _ +. */
  release?: string;
  /**
   * Milliseconds that an impression waits for company; by default 600,000 where it is on disk and the browser sends it should the page
   * die, else 10,000.
   */
  flushDelay?: number;
  /** Impressions that leave without waiting any longer; by default 50 where they are on disk, and so on, else 20. */
  flushSize?: number;
  /** Where the client says what it does; the console by default. */
  log?: Log;
  fetch?: typeof globalThis.fetch;
  /** Where undelivered impressions outlive the page without IndexedDB: localStorage by default; null for memory alone, in any case. */
  storage?: Storage | null;
  /** Uniform in [0, 1), for the jitter of retries. */
  random?: () => number;
}

/** What has no default, or one that is found out later. */
type Optional = "release" | "flushDelay" | "flushSize" | "storage";

/** The options with their defaults filled in. */
export type Settings = Required<Omit<ClientOptions, Optional>> & Pick<ClientOptions, Optional>;

export function settingsOf(options: ClientOptions): Settings {
  return {
    baseUrl: "",
    log: console.info,
    fetch: (...request) => globalThis.fetch(...request),
    random: Math.random,
    ...options,
  };
}
