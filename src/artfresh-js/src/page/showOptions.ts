import type { Client } from "../client.js";
import type { Artwork, Mood } from "../core/wire.js";
import type { SeenOptions } from "./whenSeen.js";

export interface ShowOptions extends SeenOptions {
  /** By default one for the page's own origin, which all calls without a client share. */
  client?: Client | undefined;
  /** Seconds between artworks; 20 by default. With 0 only `next` changes the artwork. */
  every?: number | undefined;
  /** Mood of the artworks, or what gives it. */
  mood?: Mood | (() => Mood) | undefined;
  /** Called when an artwork is on screen. */
  shown?: ((artwork: Artwork) => void) | undefined;
  /** Called when the server refuses to serve art, with an ArtFreshError. */
  failed?: ((error: unknown) => void) | undefined;
}

/** One fresh artwork after the other on a picture. */
export interface Showing {
  /** Shows another artwork. Resolves when it is on screen, or when there is none. */
  next(): Promise<void>;
  /** Ends it. What has not been seen is shown elsewhere on this page, or given back. */
  stop(): void;
}
