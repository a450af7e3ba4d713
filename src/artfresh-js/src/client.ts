import { createCall } from "./call.js";
import { createDelivery } from "./delivery.js";
import { type FreshOptions, requestFresh } from "./fresh.js";
import { createLocalJournal } from "./localJournal.js";
import { insist } from "./retry.js";
import { createSession } from "./session.js";
import { type ClientOptions, settingsOf } from "./settings.js";
import { createCounts, type Stats } from "./stats.js";
import { createTabLock } from "./tabLock.js";
import { whenHidden } from "./whenHidden.js";
import { type Artwork, type SessionInfo, unshownArtworksMax } from "./wire.js";

export interface Client {
  /** Signs in as a guest and opens a session, once, when first needed. Rejects with ArtFreshError; the next call tries again. */
  ready(): Promise<SessionInfo>;
  /**
   * Art that the listener never had. A lost answer is asked for again with the same request id. Rejects with ArtFreshError
   * after about half a minute of trying, or with the reason of the aborted signal.
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
  const settings = settingsOf(options);
  const { log } = settings;
  const counts = createCounts();
  const call = createCall(settings, counts);
  const lock = createTabLock();
  const shown = new Set<number>();
  const journal = createLocalJournal(settings, counts, lock);

  const session = createSession(settings, call, (open) => {
    journal.begin(open);
    void adopt();
  });

  const delivery = createDelivery(settings, counts, call, journal, session);

  const adopt = () => journal.adopt().then(delivery.resume);

  const stopWatching = whenHidden(
    (isLeft) => {
      delivery.hide();
      if (isLeft) lock.release();
    },
    () => {
      delivery.show();
      void adopt();
    },
  );

  return {
    ready: session.ready,
    fresh: (wish) => requestFresh(settings, call, session, wish),
    impression(artworkId, { displayMs } = {}) {
      if (!Number.isSafeInteger(artworkId) || artworkId < 0) throw new TypeError(`No artwork: ${artworkId}`);
      if (shown.has(artworkId)) {
        counts.skipped++;
        log(`[FlickerFix] skipped artwork ${artworkId} on screen again`);
        return;
      }
      shown.add(artworkId);
      counts.displayed++;
      journal.append({ artworkId, displayedAtMs: Date.now(), displayMs: wholeMs(displayMs) });
      delivery.appended();
    },
    flush: () => delivery.flush("manual"),
    async end(unshown = []) {
      await delivery.flush("manual");
      const open = session.current();
      if (!open) return;
      session.leave(open.sessionId);
      journal.begin();
      const unspent = unshown.filter((artworkId) => !shown.has(artworkId)).slice(0, unshownArtworksMax);
      await insist(settings, async () => {
        const answer = await call(`/api/sessions/${open.sessionId}/end`, { unshown: unspent });
        return { ...answer, done: answer.status === 204 || undefined };
      }).catch((error) => log("[Session] not ended", { error }));
    },
    get stats() {
      const { displayed, adopted, dropped } = counts;
      const unsent = journal.size();
      return { ...counts, unsent, delivered: displayed + adopted - dropped - unsent };
    },
    close() {
      stopWatching();
      delivery.stop();
      lock.release();
    },
  };
}

/** A time that the server would refuse must not cost the batch that it is in. */
const wholeMs = (ms = -1): number | undefined => (ms >= 0 && ms < 2 ** 31 ? Math.round(ms) : undefined);
