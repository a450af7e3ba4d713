import { type Batch, countOf, type Impression } from "./core/batch.js";
import { type Call, createCall, type Taken } from "./core/call.js";
import { createEvents, type On } from "./core/events.js";
import { createFresh, type FreshOptions } from "./core/fresh.js";
import { pause, retryDelayMs } from "./core/insist.js";
import type { Keep } from "./core/keep.js";
import { createOutbox } from "./core/outbox.js";
import type { PageOptions } from "./core/own.js";
import type { Parted, Person } from "./core/person.js";
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

type Own = import("./person/own.js").Own;

export interface Client {
  /**
   * Signs in and opens a session, once, on first use, and again if `getToken` names another listener: call it when somebody has signed in or
   * out, so that the next listener is shown nothing of the last one's. Rejects with ArtFreshError; the next call tries again.
   */
  ready(): Promise<SessionInfo>;
  /**
   * Calls `parted` when another listener's session begins, or is about to: forget what was served, and take it off the screen. Returns a
   * function that stops it.
   */
  whenListenerChanges(parted: Parted): () => void;
  /**
   * Calls `taken` with the ids of artworks that operators have withdrawn, this listener's among them: take them off the screen and out of your
   * stock. While the page is in sight, it hears of a withdrawal within 10 s. Returns a function that stops it.
   */
  whenWithdrawn(taken: Taken): () => void;
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
  /** An artwork by its id, served to this listener or not: what a shared link names. Rejects with ArtFreshError. */
  artwork(artworkId: number): Promise<Artwork>;
  /** Keeps an artwork that the listener was served. Rejects with ArtFreshError. */
  keep(artworkId: number): Promise<void>;
  /** Keeps an artwork no longer. Rejects with ArtFreshError. */
  unkeep(artworkId: number): Promise<void>;
  /** What the listener keeps, the last kept first. Rejects with ArtFreshError. */
  kept(page?: PageOptions): Promise<OwnArtworks>;
  /** All that the server holds of the listener, as lines of JSON (NDJSON). Rejects with ArtFreshError. */
  export(): Promise<Blob>;
  /**
   * Has the listener erased: within a minute nothing on the server names them. What this browser holds of them is deleted, and a guest is a new
   * guest from then on. Resolves to the erasure's number. Rejects with ArtFreshError.
   */
  erase(): Promise<number>;
  /**
   * Delivers what it can, and deletes all that this browser holds of the listener: cookie, tokens and journal. The server keeps what it has. A
   * guest is a new guest from then on. Rejects with ArtFreshError.
   */
  forget(): Promise<void>;
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
  /** Calls `heard` with what becomes of impressions: `delivered`, `lost`, `refused`, `epoch`, `withdrawn`. Returns a function that stops it. */
  on: On;
  /** Whether this page has recorded the artwork, for this listener. */
  hasShown(artworkId: number): boolean;
  /** Whose art this page shows; undefined before the first session, and while the next listener signs in. */
  readonly listenerId: string | undefined;
  /** The open session, if there is one. */
  readonly session: SessionInfo | undefined;
  /** Counts since the client was created. */
  readonly stats: Readonly<Stats>;
  /** Removes the client's listeners and timers. Undelivered impressions stay in the journal, and nobody is signed in any more. */
  close(): void;
}

/** @internal Lets tests replace the dynamic import. */
export type Load = () => Promise<typeof import("./durable/keep.js")>;

export function createClient(
  options: ClientOptions = {},
  load: Load = () => import("./durable/keep.js"),
): Client {
  const { emit, on } = createEvents();
  const settings = settingsOf(options, emit);
  const { log } = settings;
  const counts = createCounts();
  const takers = new Set<Taken>();
  const send = createCall(settings, counts, takers);
  const call: Call = (path, post, last, method) =>
    // A session's token suffices, and it is the token of whoever saw the art, whoever is signed in.
    person && !(post as Batch | undefined)?.token
      ? person.call(path, post, last, method)
      : send(undefined, path, post, last, method);
  /** By artwork, what this page showed to the listener. */
  const shown = new Map<number, Impression>();
  const unspent = (unshown: number[]) =>
    [...unshown, ...fresh.unclaimed()]
      // What the page has made was not served.
      .filter((artworkId) => artworkId > 0 && !shown.has(artworkId))
      .slice(0, unshownArtworksMax);
  const partings = new Set<Parted>();
  let keep: Keep | undefined;
  let person: Person | undefined;

  /** A guest's first page needs none of it. */
  const lazy = () => import("./person/lazy.js");
  const loadPerson = async (): Promise<Person> => {
    const { createPerson } = await lazy();
    person ??= createPerson({
      settings,
      send,
      session,
      outbox,
      keep: () => keep,
      shown,
      unspent,
      partings,
    });
    return person;
  };

  /** Loads the journal's code. Until that succeeds impressions are in memory only. Retries with backoff: up to 8 s, then 16, 32, 60. */
  const loadKeep = async (failures = 0): Promise<void> => {
    try {
      const { createKeep } = await load();
      keep = await createKeep({
        settings,
        send,
        call,
        session,
        sending,
        outbox,
        shown,
        counts,
        erased: async (listenerId) => (await loadPerson()).forget(listenerId),
      });
      const open = session.current();
      if (open) keep.begin(open.sessionId);
      if (failures) outbox.batches.map(outbox.save);
    } catch (error) {
      if (!failures) {
        log("[Impressions] the journal did not load", { error });
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

  const session = createSession({
    settings,
    call,
    person: loadPerson,
    opened(open) {
      person?.opened(open);
      outbox.begin(open);
      keep?.begin(open.sessionId);
    },
    isClosed: () => sending.isStopped(),
  });

  const fresh = createFresh(settings, call, session);

  const sending = createSending(settings, counts, call, outbox, session, () => keep);

  const record = (artworkId: number, { displayMs, genome, revisit }: ImpressionOptions) => {
    const impression: Impression = {
      artworkId,
      genome: artworkId < 0 ? genome : null,
      displayedAtMs: settings.clock.now(),
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

  const own = <Name extends keyof Own>(name: Name) =>
    (async (...values: [never]) => {
      const { createOwn } = await lazy();
      return createOwn({ settings, call, session, sending, outbox, person: loadPerson })[name](...values);
    }) as Own[Name];
  const endSession = own("end");

  return {
    ready: session.ready,
    fresh: fresh.request,
    impression(artworkId, options = {}) {
      if (!Number.isSafeInteger(artworkId) || (artworkId < 0 && !options.genome))
        throw new TypeError(`No artwork: ${artworkId}`);
      if (!shown.has(artworkId) || options.revisit) return record(artworkId, options);
      counts.skipped++;
      log(`[FlickerFix] skipped artwork ${artworkId} shown again`);
      return Promise.resolve();
    },
    artwork: own("artwork"),
    keep: own("keep"),
    unkeep: own("unkeep"),
    kept: own("kept"),
    history: own("history"),
    export: own("export"),
    erase: own("erase"),
    forget: own("forget"),
    whenWithdrawn: adderTo(takers),
    whenListenerChanges: adderTo(partings),
    displayed(artworkId, displayMs) {
      const impression = shown.get(artworkId);
      if (impression) impression.displayMs = wholeMs(displayMs);
    },
    on,
    hasShown: (artworkId) => shown.has(artworkId),
    flush: () => sending.flush("manual"),
    async end(unshown = [], isLast) {
      await (isLast ? keep?.end(unspent(unshown)) : endSession(unspent(unshown)));
    },
    get stats() {
      const { displayed, adopted, dropped, rejected } = counts;
      const unsent = countOf(outbox.batches);
      const parked = countOf(outbox.in("refused"));
      return { ...counts, unsent, parked, delivered: displayed + adopted - dropped - rejected - unsent };
    },
    get listenerId() {
      return session.listenerId();
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

const adderTo =
  <Value>(set: Set<Value>) =>
  (value: Value) => {
    set.add(value);
    return () => set.delete(value);
  };

/** Undefined for an invalid time, for which the server would refuse the whole batch. */
const wholeMs = (ms = -1): number | undefined => (ms >= 0 && ms < 2 ** 31 ? Math.round(ms) : undefined);
