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
import { type Artwork, type SessionInfo, unshownArtworksMax } from "./core/wire.js";

export interface ImpressionOptions {
  displayMs?: number | undefined;
  genome?: string | null | undefined;
}

export interface Client {
  /** Signs in as a guest and opens a session, once, when first needed. Rejects with ArtFreshError; the next call tries again. */
  ready(): Promise<SessionInfo>;
  /**
   * Art that the listener never had. A lost answer is asked for again with the same request id. Rejects with ArtFreshError
   * after about half a minute of trying, or with the reason of the aborted signal.
   */
  fresh(options?: FreshOptions): Promise<Artwork[]>;
  /**
   * Records that the artwork comes on screen. Resolves when it is in the journal, which outlives the page and the browser:
   * show the artwork then, and it is not lost whatever is killed next. Never rejects. An artwork that this client has shown
   * before is a flicker: skipped, counted and logged.
   * @param options.displayMs As in `displayed`, where the artwork is on screen already.
   * @param options.genome Needed for art that `createStock` made without a network, whose id is negative; ignored otherwise, so that the artwork itself may be passed.
   * @throws TypeError where the id is not a whole number from 0 to 2^53 - 1, or a negative one without a genome.
   */
  impression(artworkId: number, options?: ImpressionOptions): Promise<void>;
  /** Adds to a recorded impression how many milliseconds passed from asking for the artwork to its being on screen. */
  displayed(artworkId: number, displayMs: number): void;
  /** Sends what is unsent. Resolves when it is answered, or when a try failed and is put off (see `stats.unsent`); never rejects. */
  flush(reason?: "manual"): Promise<void>;
  /**
   * Delivers what is unsent and ends the session; `unshown` (at most 1,000) are artworks that it was served and never showed,
   * and that may be served again. What this client has shown is left out of them. Never rejects: silence gives nothing back.
   * @param isLast The page ends now: sends at once, in a way that outlives the page. What is unsent leaves as it does whenever a page hides.
   */
  end(unshown?: number[], isLast?: boolean): Promise<void>;
  /** The open session, if there is one. */
  readonly session: SessionInfo | undefined;
  /** What was counted since the client was made. */
  readonly stats: Readonly<Stats>;
  /** Removes the client's listeners and timers. What is undelivered stays in the journal. */
  close(): void;
}

/** @internal How tests bring what is loaded later. */
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

  /** Without the journal's code art goes on, in memory, and loading is tried again: at up to 8 s, then 16, 32, 60. */
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
  /** Without the journal's code only a plain flush is left: a `keepalive` request outlives its page, but is not repeated. */
  const flushHidden = () => void (keep || sending.flush("hidden"));
  const tried = loadKeep();

  const outbox = createOutbox(settings, counts, () => keep?.write ?? tried.then(() => keep?.write));

  const session = createSession(settings, call, (open) => {
    outbox.begin(open);
    keep?.begin(open.sessionId);
  });

  const sending = createSending(settings, counts, call, outbox, session, () => keep);

  const record = (artworkId: number, { displayMs, genome }: ImpressionOptions) => {
    const impression: Impression = {
      artworkId,
      genome: artworkId < 0 ? genome : null,
      displayedAtMs: Date.now(),
      displayMs: wholeMs(displayMs),
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

  return {
    ready: session.ready,
    fresh: (wish) => requestFresh(settings, call, session, wish),
    impression(artworkId, options = {}) {
      if (!Number.isSafeInteger(artworkId) || (artworkId < 0 && !options.genome))
        throw new TypeError(`No artwork: ${artworkId}`);
      if (!shown.has(artworkId)) return record(artworkId, options);
      counts.skipped++;
      log(`[FlickerFix] skipped artwork ${artworkId} shown again`);
      return Promise.resolve();
    },
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

/** The server would refuse the whole batch for one invalid time. */
const wholeMs = (ms = -1): number | undefined => (ms >= 0 && ms < 2 ** 31 ? Math.round(ms) : undefined);
