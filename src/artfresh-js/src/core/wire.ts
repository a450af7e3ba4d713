/** A point of the circumplex model of affect, each coordinate in [0, 1]. */
export interface Mood {
  valence: number;
  energy: number;
}

/** One piece of art that this listener was never served before. */
export interface Artwork {
  /** Negative for art that the page made itself: the server assigns its id when it arrives. */
  id: number;
  /** Address of the picture, ready for `<img src>`; empty for art that the page made itself. */
  imageUrl: string;
  /** Canonical text of the neural genome, or null where the picture is not drawn from one. */
  genome: string | null;
  mood: Mood;
  /** RFC 3339, UTC. */
  createdAt: string;
  generator: string;
  title?: string;
  author?: string;
}

/** How impressions leave: many a request, or (servers without the batch endpoint) one. */
export type DeliveryMode = "batch" | "single";

/** Seeds that no other session is ever granted, for art that a page makes itself. */
export interface GenomeSeeds {
  /** The first, 16 hexadecimal digits. */
  from: string;
  /** How many follow each other from there. */
  count: number;
}

/** The answer to signing in and opening a session. */
export interface SessionInfo {
  sessionId: string;
  listenerId: string;
  /** Largest number of impressions to send in one request, 1 to 200. */
  batchLimit: number;
  delivery?: DeliveryMode | undefined;
  /** Signed capability for this session alone: in a beacon's body it stands in for the cookie. */
  token?: string | undefined;
  genomeSeeds?: GenomeSeeds | null | undefined;
}

export type Transport = "fetch" | "beacon" | "later" | "keepalive";
export type Reason = "size" | "timer" | "hidden" | "replay" | "manual";

/** Where undelivered impressions rest: on disk, on disk but seconds late, or only as long as the page. */
export type JournalKind = "indexeddb" | "localstorage" | "memory";

/** The client's own account of a batch, for the KPIs. */
export interface Report {
  /** Artworks put on screen since the last report. */
  displayed: number;
  /** Flickers skipped since the last report. */
  skipped: number;
  transport: Transport;
  reason: Reason | undefined;
  /** Times that this batch was sent, this one included. */
  attempts: number;
  /** Milliseconds from asking for an artwork to its being on screen, of those where the page said. */
  displayMs: number[];
  /** Impressions given up since the last report that no gap in the numbers shows. */
  dropped: number | undefined;
  journal: JournalKind;
  /**
   * Of the attempts, those that outlive the page; 0 of a batch that a later page found and no hook had flushed; left out where the
   * page has not hidden.
   */
  beacons: number | undefined;
}

/** Answer to impressions: the counts and `unknown` add up to the ids sent. */
export interface BatchAnswer {
  recorded: number;
  duplicates: number;
  repeats: number;
  /** Artworks that were never served to this listener; missing where the server does not count them. */
  unserved?: number;
  /** Ids that the server does not know. */
  unknown: number[];
  /** The largest N such that impressions 1..N have all arrived. */
  highWater: number;
  /** The same of the sessions that the batch asked about, as far as they are known. */
  earlier?: Arrived[];
}

/** How much of a session has arrived: impressions 1 to `highWater`. */
export interface Arrived {
  sessionId: string;
  highWater: number;
}

/** Impressions in one request, whatever a server offers. */
export const batchArtworksMax = 200;

/** Ids that the end of a session may name as never shown. */
export const unshownArtworksMax = 1000;
