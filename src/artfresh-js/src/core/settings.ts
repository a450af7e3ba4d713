import { type Clock, createClock } from "./clock.js";
import type { Emit } from "./events.js";

/** Receives a line and, for debugging, its details. Neither contains a token or a listener id. */
export type Log = (line: string, detail?: object) => void;

/**
 * What the browser may remember of the listener:
 * - `full`: a cookie for the guest, and what is not delivered yet
 * - `session`: both for as long as the tab is open, without a cookie
 * - `none`: nothing beyond the page, and no cookie; the next page is another guest's
 */
export type Consent = "none" | "session" | "full";

export interface ClientOptions {
  /** Address of the server; the page's own origin by default. */
  baseUrl?: string | undefined;
  /** Name of the page's release, for the key figures: up to 64 letters, digits and . - _ +. */
  release?: string | undefined;
  /**
   * Gives the token (a JWT) of whoever is signed in, which is sent as `Authorization: Bearer`; null or undefined if nobody is, and the
   * listener is a guest. It is called before each request for art, so it should answer from memory.
   * @param isRefused Whether the server has refused the last token: get another one if you can.
   */
  getToken?: ((isRefused: boolean) => MaybePromise<string | null | undefined>) | undefined;
  /** What the browser may remember; `full` by default. */
  consent?: Consent | undefined;
  /**
   * Milliseconds that an impression waits for others. By default 600,000 if it is on disk and the browser sends it when the page dies,
   * else 10,000.
   */
  flushDelay?: number | undefined;
  /** Number of impressions that are sent without waiting for more. By default 50 if they are on disk and the browser sends them when the page dies, else 20. */
  flushSize?: number | undefined;
  /** Looks at impressions before each try to send them. Those for which it returns false are dropped, and counted in `stats.dropped`. */
  beforeSend?: ((batch: OutgoingBatch) => unknown) | undefined;
  /** Receives the log; by default what a developer must know goes to the console, without details. */
  log?: Log | undefined;
  /** Whether the console gets the whole log, with details. */
  debug?: boolean | undefined;
  fetch?: typeof globalThis.fetch | undefined;
  /** Replaces IndexedDB if that is not available: localStorage by default; null keeps everything in memory. */
  storage?: Storage | null | undefined;
  /** Uniform in [0, 1), for the jitter of retries. */
  random?: (() => number) | undefined;
}

/** Impressions that are about to leave. */
export interface OutgoingBatch {
  readonly sessionId: string | undefined;
  readonly artworkIds: readonly number[];
  /** Milliseconds since the Unix epoch. */
  readonly displayedAtMs: readonly number[];
}

type MaybePromise<T> = T | Promise<T>;

/** Options without a default, or whose default is computed later. */
type Optional = "release" | "flushDelay" | "flushSize" | "getToken" | "beforeSend";

type Defaults = {
  [Name in Exclude<keyof ClientOptions, Optional | "debug">]-?: NonNullable<ClientOptions[Name]>;
};

/** The options with their defaults. */
export type Settings = Omit<Defaults, "storage"> &
  Pick<ClientOptions, Optional> & {
    /** Null: nothing may outlive the page, or the browser blocks it. */
    storage: Storage | null;
    clock: Clock;
    emit: Emit;
    /** Whether cookies come along. */
    credentials: "include" | "omit";
  };

/** Lines about what goes as it should. */
const routine = /^\[Impressions\] (flushed|found)/;

export function settingsOf(options: ClientOptions, emit: Emit): Settings {
  const { baseUrl = "", log, debug, fetch, random, consent = "full", storage, ...others } = options;
  return {
    ...others,
    consent,
    credentials: consent === "full" ? "include" : "omit",
    storage: consent === "none" ? null : storage === undefined ? pageStorage(consent) : storage,
    clock: createClock(),
    emit,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    // Without the details, because session-replay tools record the console.
    log:
      log ??
      ((line, detail) =>
        debug ? console.info(line, detail ?? "") : routine.test(line) || console.info(line)),
    fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
    random: random ?? Math.random,
  };
}

function pageStorage(consent: Consent): Storage | null {
  try {
    return globalThis[consent === "full" ? "localStorage" : "sessionStorage"] ?? null;
  } catch {
    // Browsers that block site data throw on access.
    return null;
  }
}
