import { useCallback, useEffect, useRef, useState } from "react";
import type { Artwork, Client } from "./index.js";

/** Art for a component to show, and the way to the next. */
export interface FreshArt {
  /** Undefined until the first has come. */
  artwork: Artwork | undefined;
  /** Shows the next artwork: at once from the stock, or as soon as the server has answered. */
  next: () => void;
  /** Why the last request for art failed; undefined after one that did not. */
  error: unknown;
}

export interface ArtFreshOptions {
  /** Artworks a request, 1 to 50; 10 by default. */
  count?: number;
  /** Mood of what is asked for from now on, each in [0, 1]. */
  valence?: number;
  energy?: number;
}

/** Artworks left in the stock when more are asked for, ahead of need. */
const stockMin = 2;

/**
 * Fresh art, one after the other. Effects that run twice (StrictMode) ask once: what is served is spent. Record what is shown
 * with `useImpression`.
 */
export function useArtFresh(client: Client, options: ArtFreshOptions = {}): FreshArt {
  const [shown, setShown] = useState<{ client: Client; artwork?: Artwork; error?: unknown }>({ client });
  const wish = useRef(options);
  const supply = useRef<{ client?: Client; stock: Artwork[]; wanted: boolean; asking: boolean }>(undefined);

  useEffect(() => {
    wish.current = options;
  });

  const next = useCallback(() => {
    if (supply.current?.client !== client)
      supply.current = { client, stock: [], wanted: false, asking: false };
    const mine = supply.current;

    const show = () => {
      const artwork = mine.stock.shift();
      mine.wanted = !artwork;
      if (artwork) setShown({ client, artwork });
    };
    const ask = async () => {
      if (mine.asking || mine.stock.length > stockMin) return;
      mine.asking = true;
      try {
        mine.stock.push(...(await client.fresh(wish.current)));
        if (mine.wanted) show();
      } catch (error) {
        setShown((before) => ({ ...before, error }));
      } finally {
        mine.asking = false;
      }
    };

    show();
    void ask();
  }, [client]);

  useEffect(() => {
    if (supply.current?.client !== client) next();
  }, [client, next]);

  return {
    artwork: shown.client === client ? shown.artwork : undefined,
    next,
    error: shown.error,
  };
}

/**
 * Records that an artwork is on screen once the component that shows it is committed; undefined records nothing. Effects that
 * run twice, and re-renders, leave one impression.
 */
export function useImpression(client: Client, artworkId: number | undefined): void {
  useEffect(() => {
    if (artworkId !== undefined) client.impression(artworkId);
  }, [client, artworkId]);
}
