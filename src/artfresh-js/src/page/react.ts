import { useCallback, useEffect, useRef, useState } from "react";
import { createStock } from "../art/stock.js";
import type { Artwork, Client, Mood, OwnArtwork, OwnArtworks } from "../index.js";
import { type SeenOptions, whenSeen } from "./whenSeen.js";

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
  /** Artworks in one request, 1 to 50; 10 by default. The first component of a page decides. */
  count?: number | undefined;
  /** Mood of later requests, each coordinate in [0, 1]. */
  valence?: number | undefined;
  energy?: number | undefined;
}

/** By default a request of ten when two or fewer are left. */
const stockOf = (client: Client, order = 10) => createStock(client, { order, low: 3 });

/**
 * Provides one fresh artwork after the other, from the stock that the whole page shares. Effects that run twice (StrictMode) take one artwork.
 * Record shown artworks with `useImpression`: what it has not recorded when the component goes is put back.
 */
export function useFreshArt(client: Client, options: FreshArtOptions = {}): FreshArt {
  const { count, valence = 0.5, energy = 0.5 } = options;
  const [shown, setShown] = useState<{ client: Client; artwork?: Artwork }>({ client });
  const [error, setError] = useState<unknown>();
  const mood = useRef<Mood>(undefined);
  const current = useRef<Artwork>(undefined);
  const owner = useRef<Client>(undefined);
  const waiting = useRef<Client>(undefined);
  const isMounted = useRef(false);

  useEffect(() => {
    mood.current = { valence, energy };
  });

  const next = useCallback(async () => {
    if (waiting.current === client) return;
    waiting.current = client;
    const stock = stockOf(client, count);
    const show = (artwork: Artwork) => {
      current.current = artwork;
      setShown({ client, artwork });
    };
    try {
      const artwork = stock.take(mood.current);
      if (artwork) return show(artwork);
      const later = await stock.next(mood.current);
      if (isMounted.current && waiting.current === client) show(later);
      else stock.put(later);
    } catch (refusal) {
      setError(refusal);
    } finally {
      if (waiting.current === client) waiting.current = undefined;
    }
  }, [client, count]);

  useEffect(() => {
    isMounted.current = true;
    if (owner.current !== client) current.current = undefined;
    owner.current = client;
    const stock = stockOf(client, count);
    const drop = () => {
      current.current = undefined;
      setShown({ client });
      void next();
    };
    const unwatch = stock.watch(() => setError(stock.error));
    const unlisten = client.whenListenerChanges(() => void setTimeout(drop));
    const untake = client.whenWithdrawn((artworkIds) => {
      if (current.current && artworkIds.includes(current.current.id)) drop();
    });
    if (!current.current) void next();
    return () => {
      isMounted.current = false;
      for (const off of [unwatch, unlisten, untake]) off();
      const unseen = current.current;
      setTimeout(() => {
        const isCurrent = current.current === unseen;
        // StrictMode mounts it again at once.
        if (!unseen || (isMounted.current && isCurrent) || client.hasShown(unseen.id)) return;
        if (isCurrent) current.current = undefined;
        stock.put(unseen);
      });
    };
  }, [client, count, next]);

  return { artwork: shown.client === client ? shown.artwork : undefined, next: () => void next(), error };
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
