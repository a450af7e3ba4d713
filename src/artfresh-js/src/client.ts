import { countOf, type Impression } from "./core/batch.js";
import { createCall } from "./core/call.js";
import { type FreshOptions, requestFresh } from "./core/fresh.js";
import { insist, pause, retryDelayMs } from "./core/insist.js";
import type { Keep } from "./core/keep.js";
import { createOutbox } from "./core/outbox.js";
import { createSending } from "./core/sending.js";
import { createSession } from "./core/session.js";
import { type ClientOptions, settingsOf } from "./core/settings.js";
import { createCounts, type Stats } from "./core/stats.js";
import { type Artwork, type OwnArtworks, type SessionInfo, unshownArtworksMax } from "./core/wire.js";

export interface ImpressionOptions {
  displayMs?: number | undefined;
  genome?: string | null | undefined;
  /** Whether an artwork that the listener has seen is shown again on purpose, such as a kept one: no flicker and no repeat. */
  revisit?: boolean | undefined;
}

/** A page of what the listener was shown or keeps. */
export interface PageOptions {
  /** `next` of the page before; left out for the first page. */
  before?: string | null | undefined;
  /** 1 to 100; 50 by default. */
  limit?: number | undefined;
}

export interface Client {
  /** Signs in as a guest and opens a session, once, on first use. Rejects with ArtFreshError; the next call tries again. */
  ready(): Promise<SessionInfo>;
  /**
   * Requests art that the listener was never served. After a lost answer it repeats the request under the same id. Rejects with
   * ArtFreshError after about 30 s of trying, or with the reason of the aborted signal.
   */
  fresh(options?: FreshOptions): Promise<Artwork[]>;
  /**
   * Records that the artwork comes on screen. Resolves when the impression is in the journal, which outlives the page and the
   * browser: if you show the artwork after that, the impression survives any crash. Never rejects. An artwork that this client
   * has shown already is a flicker: it is skipped, counted and logged.
   * @param options.displayMs As in `displayed`, if the artwork is on screen already.
   * @param options.genome Needed for art that `createStock` made without a network, whose id is negative; ignored for other art, so that you can pass the artwork itself.
   * @throws TypeError if the id is neither an integer from 0 to 2^53 - 1 nor a negative one with a genome.
   */
  impression(artworkId: number, options?: ImpressionOptions): Promise<void>;
  /** Keeps an artwork that the listener was served. Rejects with ArtFreshError. */
  keep(artworkId: number): Promise<void>;
  /** Keeps an artwork no longer. Rejects with ArtFreshError. */
  unkeep(artworkId: number): Promise<void>;
  /** What the listener keeps, the last kept first. Rejects with ArtFreshError. */
  kept(page?: PageOptions): Promise<OwnArtworks>;
  /** What the listener was shown, over all visits: the newest session first, and in it what was shown last. Rejects with ArtFreshError. */
  history(page?: PageOptions): Promise<OwnArtworks>;
  /** Adds the milliseconds from the request for the artwork to its display to a recorded impression. */
  displayed(artworkId: number, displayMs: number): void;
  /** Sends all unsent impressions. Resolves when they are answered, or when a try failed and will be repeated (see `stats.unsent`). Never rejects. */
  flush(reason?: "manual"): Promise<void>;
  /**
   * Sends all unsent impressions and ends the session. Never rejects: if the request is lost, the server gives nothing back.
   * @param unshown At most 1,000 artworks that the session was served and never showed: they may be served again. The client removes those that it has shown.
   * @param isLast Whether the page ends now: the request is sent at once, in a way that outlives the page, and unsent impressions are sent as when a page is hidden.
   */
  end(unshown?: number[], isLast?: boolean): Promise<void>;
  /** The open session, if there is one. */
  readonly session: SessionInfo | undefined;
  /** Counts since the client was created. */
  readonly stats: Readonly<Stats>;
  /** Removes the client's listeners and timers. Undelivered impressions stay in the journal. */
  close(): void;
}

/** @internal Lets tests replace the dynamic import. */
export type Load = () => Promise<typeof import("./durable/keep.js")>;

export function createClient(
  options: ClientOptions = {},
  load: Load = () => import("./durable/keep.js"),
): Client {
  const settings = settingsOf(options);
  const { log } = settings;
  const counts = createCounts();
  const call = createCall(settings, counts);
  const shown = new Map<number, Impression>();
  let keep: Keep | undefined;

  /** Loads the journal's code. Until that succeeds impressions are in memory only. Retries with backoff: up to 8 s, then 16, 32, 60. */
  const loadKeep = async (failures = 0): Promise<void> => {
    try {
      const { createKeep } = await load();
      keep = await createKeep({ settings, counts, call, outbox, session, sending });
      const open = session.current();
      if (open) keep.begin(open.sessionId);
      if (failures) outbox.batches.map(outbox.save);
    } catch (error) {
      if (!failures) {
        log("[Impressions] in memory only: the journal's code did not load", { error });
        globalThis.document?.addEventListener("visibilitychange", flushHidden);
      }
      void pause(retryDelayMs(failures + 4, settings.random)).then(() => {
        if (!sending.isStopped()) void loadKeep(failures + 1);
      });
    }
  };
  /** Until the journal's code is loaded, a hidden page can only flush: a `keepalive` request outlives the page, but is not repeated. */
  const flushHidden = () => void (keep || sending.flush("hidden"));
  const tried = loadKeep();

  const outbox = createOutbox(settings, counts, () => keep?.write ?? tried.then(() => keep?.write));

  const session = createSession(settings, call, (open) => {
    outbox.begin(open);
    keep?.begin(open.sessionId);
  });

  const sending = createSending(settings, counts, call, outbox, session, () => keep);

  const record = (artworkId: number, { displayMs, genome, revisit }: ImpressionOptions) => {
    const impression: Impression = {
      artworkId,
      genome: artworkId < 0 ? genome : null,
      displayedAtMs: Date.now(),
      displayMs: wholeMs(displayMs),
      revisit: revisit || undefined,
    };
    shown.set(artworkId, impression);
    counts.displayed++;
    const written = outbox.append(impression);
    keep?.arm();
    sending.appended(
      settings.flushSize ?? keep?.size() ?? 20,
      settings.flushDelay ?? keep?.delayMs() ?? 10_000,
    );
    return written;
  };

  /** A first page needs none of it, so it is loaded on first use. The listener must be signed in. */
  const own = async <T>(use: (loaded: typeof import("./durable/own.js")) => Promise<T>): Promise<T> => {
    const [loaded] = await Promise.all([import("./durable/own.js"), session.ready()]);
    return use(loaded);
  };

  return {
    ready: session.ready,
    fresh: (wish) => requestFresh(settings, call, session, wish),
    impression(artworkId, options = {}) {
      if (!Number.isSafeInteger(artworkId) || (artworkId < 0 && !options.genome))
        throw new TypeError(`No artwork: ${artworkId}`);
      if (!shown.has(artworkId) || options.revisit) return record(artworkId, options);
      counts.skipped++;
      log(`[FlickerFix] skipped artwork ${artworkId} shown again`);
      return Promise.resolve();
    },
    keep: (artworkId) => own(({ setKept }) => setKept(settings, call, artworkId, true)),
    unkeep: (artworkId) => own(({ setKept }) => setKept(settings, call, artworkId, false)),
    kept: (page = {}) => own(({ readOwn }) => readOwn(settings, call, "kept", page)),
    history: (page = {}) => own(({ readOwn }) => readOwn(settings, call, "artworks", page)),
    displayed(artworkId, displayMs) {
      const impression = shown.get(artworkId);
      if (impression) impression.displayMs = wholeMs(displayMs);
    },
    flush: () => sending.flush("manual"),
    async end(unshown = [], isLast) {
      if (!isLast) await sending.flush("manual");
      const open = session.current();
      if (!open) return;
      const path = `/api/sessions/${open.sessionId}/end`;
      const unspent = unshown.filter((artworkId) => !shown.has(artworkId)).slice(0, unshownArtworksMax);
      const body = { unshown: unspent, token: open.token };
      if (isLast) return keep?.sendLast(path, body);
      session.leave(open.sessionId);
      outbox.begin();
      await insist(settings, async () => {
        const answer = await call(path, body);
        return { ...answer, done: answer.status === 204 || undefined };
      }).catch((error) => log("[Session] not ended", { error }));
    },
    get stats() {
      const { displayed, adopted, dropped, rejected } = counts;
      const unsent = countOf(outbox.batches);
      const parked = countOf(outbox.in("refused"));
      return { ...counts, unsent, parked, delivered: displayed + adopted - dropped - rejected - unsent };
    },
    get session() {
      return session.current();
    },
    close() {
      sending.stop();
      globalThis.document?.removeEventListener("visibilitychange", flushHidden);
      keep?.stop();
    },
  };
}

/** Undefined for an invalid time, for which the server would refuse the whole batch. */
const wholeMs = (ms = -1): number | undefined => (ms >= 0 && ms < 2 ** 31 ? Math.round(ms) : undefined);
