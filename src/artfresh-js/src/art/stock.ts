import type { Client } from "../client.js";
import { ArtFreshError, isTransient } from "../core/call.js";
import { pause } from "../core/insist.js";
import { uuid } from "../core/uuid.js";
import type { Artwork, Mood } from "../core/wire.js";
import type { DrawGenome } from "./improvise.js";

export interface StockOptions {
  /** The stock requests more artworks when it has fewer than this; 6 by default. */
  low?: number | undefined;
  /** Artworks in one request, 1 to 50; 12 by default. */
  order?: number | undefined;
  /** The stock also requests more, up to twice as many, when no artwork in it is within this distance of the mood, in units of its coordinates. */
  reach?: number | undefined;
  /** Prepares an artwork for display. If it rejects, the artwork is not shown. By default it loads and decodes the picture. */
  prefetch?: ((artwork: Artwork) => Promise<unknown>) | undefined;
  /**
   * For a page that draws genomes: makes art when the stock is empty and the server has not answered for 3 s.
   * Record its impressions as those of other art: `client.impression(artwork.id, artwork)`.
   */
  draw?: DrawGenome | undefined;
}

/** Requests fresh artworks ahead of need, so that the next one is ready at once, and for a while without a network. */
export interface Stock {
  /** Takes the artwork nearest to the mood, which is also the mood of later requests; undefined while the stock is empty. An artwork that is taken is spent. */
  take(mood?: Mood): Artwork | undefined;
  /** As `take`, but waits while the stock is empty, however long the network is down. Rejects with ArtFreshError if the server refuses. */
  next(mood?: Mood): Promise<Artwork>;
  /** Requests art of a mood that is to come, if none in the stock is within reach of it. */
  turnTo(mood: Mood): void;
  /** Puts back an artwork that was taken and not seen. One that is recorded stays spent. */
  put(artwork: Artwork): void;
  /** Calls `changed` when `error` has changed. Returns a function that stops it. */
  watch(changed: () => void): () => void;
  readonly size: number;
  /** Whether the server has not answered a request for art for 3 s. */
  readonly isAway: boolean;
  /** Why the last request for art failed; undefined if it succeeded. */
  readonly error: unknown;
  /** Stops requesting, ends the session, and gives back the artworks that were not taken. The next `createStock` begins another stock. */
  end(): Promise<void>;
}

interface Waiting {
  resolve: (artwork: Artwork) => void;
  reject: (error: unknown) => void;
}

const retryFirstMs = 1000;
const retryLastMs = 20_000;
/** Tries of the pictures of one answer, where none can be loaded. */
const triesMax = 3;
/** Time without an answer after which the page makes art. */
const patienceMs = 3000;
const middle: Mood = { valence: 0.5, energy: 0.5 };

/** What a page asks for ahead is shared by all that shows art in it. */
const stocks = new WeakMap<Client, Stock>();

/** The client's stock: the first call creates it, with its options. */
export function createStock(client: Client, options: StockOptions = {}): Stock {
  const stock = stocks.get(client) ?? openStock(client, options);
  stocks.set(client, stock);
  return stock;
}

/** Number of artworks that the client's stock has ready. */
export const stockSize = (client: Client): number => stocks.get(client)?.size ?? 0;

function openStock(client: Client, options: StockOptions): Stock {
  const { low = 6, order = 12, reach, prefetch = loadPicture, draw } = options;
  /** Ids that were served and not taken. */
  const unshown = new Set<number>();
  let ready: Artwork[] = [];
  const waiting: Waiting[] = [];
  let wish: Mood | undefined;
  let isOrdering = false;
  let isEnded = false;
  let isAway = false;
  let error: unknown;
  const watchers = new Set<() => void>();
  /** Tries in a row that have loaded no picture. */
  let failures = 0;

  const distance = ({ mood }: Artwork) =>
    wish ? (mood.valence - wish.valence) ** 2 + (mood.energy - wish.energy) ** 2 : 0;

  const isLow = () =>
    ready.length < low ||
    (!!reach && ready.length < low * 2 && ready.every((artwork) => distance(artwork) > reach ** 2));

  const drop = (artworkIds: number[]) => {
    for (const artworkId of artworkIds) unshown.delete(artworkId);
    ready = ready.filter(({ id }) => unshown.has(id));
  };

  const takeNearest = () => {
    // Shown meanwhile on purpose, such as one that somebody has shared.
    ready = ready.filter(({ id }) => !client.hasShown(id));
    const [nearest] = [...ready].sort((one, other) => distance(one) - distance(other));
    if (nearest) drop([nearest.id]);
    return nearest;
  };

  let improvise: typeof import("./improvise.js").improvise | undefined;
  // Needed when the network is away, and so loaded before.
  if (draw)
    void import("./improvise.js").then((made) => {
      improvise = made.improvise;
    });
  const make = () => (draw && isAway ? improvise?.(client, draw, wish ?? middle) : undefined);

  const tell = (news: unknown) => {
    if (news === error) return;
    error = news;
    for (const changed of watchers) changed();
  };

  /** Whether the artwork can be shown, or need not be any more. */
  const admit = async (artwork: Artwork) => {
    try {
      await prefetch(artwork);
    } catch {
      return false;
    }
    if (unshown.has(artwork.id) && !client.hasShown(artwork.id)) {
      ready.push(artwork);
      waiting.shift()?.resolve(takeNearest() as Artwork);
    }
    return true;
  };

  /** Where no picture can be loaded, the fault is hardly the artworks': the same ones are tried again before more are spent. */
  const load = async (served: Artwork[]) => {
    for (const { id } of served) unshown.add(id);
    for (let tries = 0; tries < triesMax && !isEnded; tries++) {
      let isLoaded = false;
      const left = served.values();
      const loadInTurn = async () => {
        for (const artwork of left) isLoaded = (await admit(artwork)) || isLoaded;
      };
      // A few at a time: if all shared the bandwidth, the first would arrive as late as the last.
      await Promise.all([loadInTurn(), loadInTurn()]);
      if (isLoaded) {
        failures = 0;
        return;
      }
      if (!failures && served[0]) console.warn(`ArtFresh can't load ${served[0].imageUrl}`);
      await backOff(failures++);
    }
  };

  /** One request, repeated under one request id until it is answered, so that a lost answer spends no art. */
  const ask = async (): Promise<Artwork[]> => {
    const requestId = uuid();
    const wondering = setTimeout(() => {
      isAway = true;
      while (waiting.length) {
        const made = make();
        if (!made) return;
        waiting.shift()?.resolve(made);
      }
    }, patienceMs);
    const fail = (error: unknown): void => {
      tell(error);
      if (error instanceof ArtFreshError && !isTransient(error)) throw error;
    };
    try {
      for (let tries = 0; !isEnded; tries++) {
        const served = await client.fresh({ ...wish, count: order, requestId }).catch(fail);
        if (served) tell(undefined);
        if (served) return served;
        await backOff(tries);
      }
      return [];
    } finally {
      clearTimeout(wondering);
      isAway = false;
    }
  };

  const refuse = (error: unknown) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };

  const restock = async () => {
    if (isOrdering || isEnded) return;
    isOrdering = true;
    try {
      while (!isEnded && isLow()) {
        await load(await ask());
      }
    } catch (error) {
      refuse(error);
    } finally {
      isOrdering = false;
    }
  };

  const take = (mood?: Mood) => {
    wish = mood ?? wish;
    const artwork = takeNearest() ?? make();
    void restock();
    return artwork;
  };

  const empty = () => {
    const given = [...unshown];
    drop(given);
    return given;
  };

  const end = (isLast?: boolean) => {
    isEnded = true;
    stocks.delete(client);
    globalThis.window?.removeEventListener("pagehide", leave);
    refuse(new DOMException("The stock ended.", "AbortError"));
    stopWatching();
    stopDropping();
    return client.end(empty(), isLast);
  };

  // What was served to one listener is not for the next.
  const stopWatching = client.whenListenerChanges((giveBack) => giveBack(empty()));
  const stopDropping = client.whenWithdrawn(drop);
  // Only when the page has ended: from the back/forward cache it may still show its stock.
  const leave = (event: PageTransitionEvent) => event.persisted || void end(true);
  globalThis.window?.addEventListener("pagehide", leave);

  return {
    take,
    next(mood) {
      const artwork = take(mood);
      if (artwork) return Promise.resolve(artwork);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    turnTo(mood) {
      wish = mood;
      void restock();
    },
    put(artwork) {
      if (isEnded || client.hasShown(artwork.id)) return;
      unshown.add(artwork.id);
      ready.unshift(artwork);
      waiting.shift()?.resolve(takeNearest() as Artwork);
    },
    watch(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    get size() {
      return ready.length;
    },
    get isAway() {
      return isAway;
    },
    get error() {
      return error;
    },
    end: () => end(),
  };
}

const backOff = (tries: number) => pause(Math.min(retryLastMs, retryFirstMs * 2 ** tries));

async function loadPicture({ imageUrl }: Artwork): Promise<void> {
  if (!globalThis.Image) return;
  const picture = new Image();
  picture.src = imageUrl;
  await picture.decode();
}
