import { useCallback, useEffect, useRef, useState } from "react";
import { isTransient } from "../core/call.js";
import {
  ArtFreshError,
  type Artwork,
  type Client,
  type OwnArtwork,
  type OwnArtworks,
  type SeenOptions,
  whenSeen,
} from "../index.js";

/** An artwork for a component to show. */
export interface FreshArt {
  /** Undefined until the first one is loaded. */
  artwork: Artwork | undefined;
  /** Shows the next artwork: at once from the stock, or as soon as the server has answered. */
  next: () => void;
  /** The error of the last request for art; undefined if it succeeded. */
  error: unknown;
}

export interface FreshArtOptions {
  /** Artworks in one request, 1 to 50; 10 by default. */
  count?: number | undefined;
  /** Mood of later requests, each coordinate in [0, 1]. */
  valence?: number | undefined;
  energy?: number | undefined;
}

/** By client, artworks that were served and not shown: given back when the page is closed. */
const unshown = new WeakMap<Client, Set<number>>();

function unshownOf(client: Client): Set<number> {
  let ids = unshown.get(client);
  if (!ids) {
    const given = new Set<number>();
    ids = given;
    unshown.set(client, ids);
    // A page may return from the back/forward cache and show them.
    addEventListener("pagehide", ({ persisted }) => persisted || void client.end([...given], true));
  }
  return ids;
}

/** The hook requests more artworks when it has this many or fewer. */
const stockMin = 2;
/** Pauses between requests that have failed after all of the client's own tries. */
const retryFirstMs = 1000;
const retryLastMs = 20_000;

interface Supply {
  client: Client;
  stock: Artwork[];
  wanted: boolean;
  asking: boolean;
  failures: number;
  retry?: ReturnType<typeof setTimeout>;
}

/**
 * Provides one fresh artwork after the other. Effects that run twice (StrictMode) send one request, because served art is spent. Record shown
 * artworks with `useImpression`.
 */
export function useFreshArt(client: Client, options: FreshArtOptions = {}): FreshArt {
  const [shown, setShown] = useState<{ client: Client; artwork?: Artwork; error?: unknown }>({ client });
  const wish = useRef(options);
  const supply = useRef<Supply>(undefined);
  const isMounted = useRef(false);

  const latest = useRef<Artwork>(undefined);
  useEffect(() => {
    wish.current = options;
    latest.current = shown.artwork;
  });

  const next = useCallback(() => {
    if (supply.current?.client !== client)
      supply.current = { client, stock: [], wanted: false, asking: false, failures: 0 };
    const mine = supply.current;

    const show = () => {
      const artwork = mine.stock.shift();
      mine.wanted = !artwork;
      if (!artwork) return;
      unshownOf(client).delete(artwork.id);
      setShown({ client, artwork });
    };
    const ask = async () => {
      if (mine.asking || mine.stock.length > stockMin) return;
      mine.asking = true;
      try {
        const served = await client.fresh(wish.current);
        for (const { id } of served) unshownOf(client).add(id);
        mine.stock.push(...served);
        if (mine.wanted) show();
        mine.failures = 0;
      } catch (error) {
        setShown((before) => ({ ...before, error }));
        if (!(error instanceof ArtFreshError) || isTransient(error)) again();
      } finally {
        mine.asking = false;
      }
    };
    // Until the server answers, or the component is gone.
    const again = () => {
      clearTimeout(mine.retry);
      mine.retry = setTimeout(
        () => supply.current === mine && isMounted.current && void ask(),
        Math.min(retryLastMs, retryFirstMs * 2 ** mine.failures++),
      );
    };

    show();
    void ask();
  }, [client]);

  useEffect(
    () =>
      client.whenWithdrawn((artworkIds) => {
        const isGone = ({ id }: Artwork) => artworkIds.includes(id);
        for (const id of artworkIds) unshownOf(client).delete(id);
        const mine = supply.current;
        if (mine) mine.stock = mine.stock.filter((artwork) => !isGone(artwork));
        setShown((before) => (before.artwork && isGone(before.artwork) ? { client } : before));
        const current = latest.current;
        if (current && isGone(current)) next();
      }),
    [client, next],
  );

  useEffect(() => {
    isMounted.current = true;
    if (supply.current?.client !== client || supply.current.wanted) next();
    return () => {
      isMounted.current = false;
    };
  }, [client, next]);

  useEffect(
    () =>
      client.whenListenerChanges((giveBack) => {
        giveBack([...unshownOf(client)]);
        unshownOf(client).clear();
        supply.current = undefined;
        setShown({ client });
        next();
      }),
    [client, next],
  );

  return {
    artwork: shown.client === client ? shown.artwork : undefined,
    next,
    error: shown.error,
  };
}

export interface UseImpressionOptions extends SeenOptions {
  /** As in `client.impression`: the artwork is shown again on purpose, such as a kept one. */
  revisit?: boolean | undefined;
}

/**
 * Records an artwork when it has been seen. Pass the returned ref to the element that shows it: by default half of it must be visible for a
 * second (see `options`). Without the ref it is recorded when the component is committed. An undefined artwork is not recorded. Effects that
 * run twice and re-renders record one impression.
 */
export function useImpression(
  client: Client,
  artworkId: number | undefined,
  { share, ms, revisit }: UseImpressionOptions = {},
): (element: Element | null) => void {
  const [element, setElement] = useState<Element | null>(null);
  const attached = useRef<Element>(null);
  const recorded = useRef<number>(undefined);
  const ref = useCallback((now: Element | null) => {
    attached.current = now;
    setElement(now);
  }, []);
  useEffect(() => {
    if (artworkId === undefined) return;
    const record = () => {
      // The client skips flickers, but a revisit is one each time.
      if (recorded.current !== artworkId || !revisit) void client.impression(artworkId, { revisit });
      recorded.current = artworkId;
    };
    // On the first commit the element is attached, but not yet in the state.
    const shown = element ?? attached.current;
    if (!shown) return record();
    return whenSeen(shown, { share, ms }, record);
  }, [client, artworkId, element, share, ms, revisit]);
  return ref;
}

/** A list of the listener's own artworks. */
export interface OwnArt {
  /** The newest first; empty until the first page is loaded. */
  artworks: readonly OwnArtwork[];
  /** Loads the next page; undefined after the last. */
  more: (() => void) | undefined;
  /** Loads the first page again. */
  reload: () => void;
  /** The error of the last request; undefined if it succeeded. */
  error: unknown;
}

interface OwnPages {
  artworks: readonly OwnArtwork[];
  next: string | null;
  error?: unknown;
}

function useOwn(client: Client, read: (before: string | null) => Promise<OwnArtworks>): OwnArt {
  const [pages, setPages] = useState<OwnPages & { client: Client }>({ client, artworks: [], next: null });
  const reader = useRef(read);
  const asked = useRef(0);
  useEffect(() => {
    reader.current = read;
  });
  const load = useCallback(
    async (before: string | null) => {
      const mine = ++asked.current;
      try {
        const { artworks, next } = await reader.current(before);
        // A later request, or another client's, has replaced this one.
        if (mine !== asked.current) return;
        setPages((known) => ({
          client,
          artworks: before ? [...known.artworks, ...artworks] : artworks,
          next,
        }));
      } catch (error) {
        if (mine === asked.current) setPages((known) => ({ ...known, client, error }));
      }
    },
    [client],
  );
  useEffect(
    () =>
      client.whenWithdrawn((artworkIds) =>
        setPages((known) => ({
          ...known,
          artworks: known.artworks.filter(({ id }) => !artworkIds.includes(id)),
        })),
      ),
    [client],
  );
  useEffect(() => {
    void load(null);
    return client.whenListenerChanges(() => {
      asked.current++;
      setPages({ client, artworks: [], next: null });
      void load(null);
    });
  }, [client, load]);
  const isMine = pages.client === client;
  const { next } = pages;
  return {
    artworks: isMine ? pages.artworks : [],
    more: isMine && next ? () => void load(next) : undefined,
    reload: useCallback(() => void load(null), [load]),
    error: isMine ? pages.error : undefined,
  };
}

/** What the listener was shown, over all visits. */
export const useHistory = (client: Client): OwnArt => useOwn(client, (before) => client.history({ before }));

/** What the listener keeps. */
export const useKept = (client: Client): OwnArt => useOwn(client, (before) => client.kept({ before }));

/** Keeps an artwork, and keeps it no longer: the state changes at once, and back if the server refuses. */
export function useKeep(
  client: Client,
  artworkId: number | undefined,
  isKept = false,
): [kept: boolean, toggle: () => void] {
  const [state, setState] = useState({ client, artworkId, kept: isKept });
  const kept = state.client === client && state.artworkId === artworkId ? state.kept : isKept;
  const toggle = useCallback(() => {
    if (artworkId === undefined) return;
    setState({ client, artworkId, kept: !kept });
    const done = kept ? client.unkeep(artworkId) : client.keep(artworkId);
    done.catch(() => setState({ client, artworkId, kept }));
  }, [client, artworkId, kept]);
  return [kept, toggle];
}
