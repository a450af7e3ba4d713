import { createCall, isTransient } from "./call.js";
import { createDelivery } from "./delivery.js";
import { createFlicker } from "./flicker.js";
import { type FreshOptions, requestFresh } from "./fresh.js";
import { createLocalJournal } from "./localJournal.js";
import { consoleLog, type Log } from "./log.js";
import { retryDelayMs, wait } from "./retry.js";
import { attemptsMax, createSession } from "./session.js";
import { createStats, type Stats } from "./stats.js";
import { createTabLock } from "./tabLock.js";
import { whenHidden } from "./whenHidden.js";
import { type Artwork, type SessionInfo, unshownArtworksMax } from "./wire.js";

export interface ClientOptions {
  /** Origin of the server, without a slash at its end; the page's own by default. */
  baseUrl?: string;
  /** Name of the page's release, up to 64 characters, for the KPIs. */
  release?: string;
  /** Milliseconds that an impression waits for company; 10,000 by default. */
  flushDelay?: number;
  /** Impressions that leave without waiting any longer; 20 by default. */
  flushSize?: number;
  /** Where the client says what it does; the console by default. */
  log?: Log;
  fetch?: typeof globalThis.fetch;
  /** Where undelivered impressions outlive the page: localStorage by default; null for memory alone. */
  storage?: Storage | null;
  /** Uniform in [0, 1), for the jitter of retries. */
  random?: () => number;
}

export interface Client {
  /** Signs in as a guest and opens a session, once, when first needed. Rejects with ArtFreshError; the next call tries again. */
  ready(): Promise<SessionInfo>;
  /**
   * Art that the listener never had. A lost answer is asked for again with the same request id. Rejects with ArtFreshError
   * after about 15 s of trying, or with the reason of the aborted signal.
   */
  fresh(options?: FreshOptions): Promise<Artwork[]>;
  /**
   * The artwork is on screen. Written down at once, delivered in batches. An artwork that this client has shown before is a
   * flicker: skipped, counted and logged.
   * @param options.displayMs Milliseconds from asking for the artwork to its being on screen.
   * @throws TypeError where the id is not a whole number from 0 to 2^53 - 1.
   */
  impression(artworkId: number, options?: { displayMs?: number }): void;
  /** Sends what is unsent. Resolves when it is answered for, or when a try failed and is put off (see `stats.unsent`); never rejects. */
  flush(reason?: "manual"): Promise<void>;
  /**
   * Delivers what is unsent and ends the session; `unshown` (at most 1,000) are artworks that it was served and never showed,
   * and that may be served again. What this client has shown is left out of them. Never rejects: silence gives nothing back.
   */
  end(unshown?: number[]): Promise<void>;
  /** What was counted since the client was made. */
  readonly stats: Readonly<Stats>;
  /** Takes the client's listeners and timers off the page. What is undelivered stays in the journal. */
  close(): void;
}

export function createClient(options: ClientOptions = {}): Client {
  const {
    baseUrl = "",
    release,
    flushDelay = 10_000,
    flushSize = 20,
    log = consoleLog,
    random = Math.random,
  } = options;
  const stats = createStats();
  const fetch = options.fetch ?? ((...args) => globalThis.fetch(...args));
  const call = createCall(baseUrl, fetch, stats);
  const lock = createTabLock();

  const flicker = createFlicker((artworkId) => {
    stats.skipped++;
    log(`[FlickerFix] skipped artwork ${artworkId}: it was on screen in this session`, { artworkId });
  });

  const journal = createLocalJournal(options.storage === undefined ? pageStorage() : options.storage, lock, {
    dropped(count, why) {
      stats.dropped += count;
      log(`[Impressions] dropped ${count}: ${why}`, { count, why }, "error");
    },
    unsaved(error) {
      log("[Impressions] storage refuses, the journal is in memory only", { error }, "error");
    },
  });

  const session = createSession(call, release, random, (open) => {
    journal.begin(open);
    if (journal.foreign)
      log(`[Impressions] undeliverable ${journal.foreign}: they belong to another listener`, {}, "error");
    void adopt();
  });

  const delivery = createDelivery({
    call,
    journal,
    session,
    baseUrl,
    flushDelay,
    flushSize,
    log,
    random,
    stats,
    takeSkipped: flicker.takeSkipped,
  });

  const adopt = async () => {
    const count = await journal.adopt();
    if (!count) return;
    stats.adopted += count;
    log(`[Impressions] ${count} left by an earlier page`, { count });
    delivery.resume();
  };

  const stopWatching = whenHidden(delivery.hide, () => {
    delivery.show();
    void adopt();
  });

  const finish = async (sessionId: string, unshown: number[]) => {
    const post = { unshown: unshown.filter((id) => !flicker.has(id)).slice(0, unshownArtworksMax) };
    for (let attempt = 1; ; attempt++) {
      const answer = await call(`/api/sessions/${sessionId}/end`, { post });
      if (answer.status === 204) return;
      if (!isTransient(answer) || attempt === attemptsMax)
        return log("[Session] its end was not taken", { status: answer.status, code: answer.code }, "error");
      await wait(retryDelayMs(attempt, random, answer.retryAfterMs));
    }
  };

  return {
    ready: session.ready,
    fresh: (wish) => requestFresh({ call, session, baseUrl, random }, wish),
    impression(artworkId, { displayMs } = {}) {
      if (!Number.isSafeInteger(artworkId) || artworkId < 0)
        throw new TypeError(`No artwork's id: ${artworkId}`);
      if (!flicker.isFirst(artworkId)) return;
      stats.displayed++;
      journal.append({ artworkId, displayedAtMs: Date.now(), displayMs: wholeMs(displayMs) });
      delivery.appended();
    },
    flush: (reason = "manual") => delivery.flush(reason),
    async end(unshown = []) {
      const open = session.current;
      if (!open) return;
      await delivery.flush("manual");
      session.leave(open.sessionId);
      journal.begin();
      await finish(open.sessionId, unshown);
    },
    get stats() {
      return { ...stats, unsent: journal.size, parked: delivery.parked };
    },
    close() {
      stopWatching();
      delivery.stop();
      lock.release();
    },
  };
}

/** A time that the server would refuse must not cost the batch that it is in. */
const wholeMs = (ms: number | undefined): number | undefined =>
  ms !== undefined && ms >= 0 && ms < 2 ** 31 ? Math.round(ms) : undefined;

function pageStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    // Browsers that block site data throw at the mere mention.
    return null;
  }
}
