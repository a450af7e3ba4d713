/** A point of the circumplex model of affect, each coordinate in [0, 1]. */
export interface Mood {
  valence: number;
  energy: number;
}

/** One piece of art that this listener was never served. */
export interface Artwork {
  /** Negative for art that the page made: the server assigns an id when the impression arrives. */
  id: number;
  /** Address of the picture, for `<img src>`; empty for art that the page made. */
  imageUrl: string;
  /** Canonical text of the neural genome; null if the picture is not drawn from one. */
  genome: string | null;
  mood: Mood;
  /** RFC 3339, UTC. */
  createdAt: string;
  generator: string;
  title?: string;
  author?: string;
  /** A name or an address. */
  licence?: string;
  /** Where it was found: an address or another text. */
  source?: string;
  collection?: string;
  /** How it was made, as a code of IPTC's Digital Source Type: `algorithmicMedia`, `trainedAlgorithmicMedia` and others. */
  digitalSourceType?: string | null;
  /** Whether the generator's own file has Content Credentials (C2PA), and the server keeps it. */
  contentCredentials?: boolean;
  /** Of an artwork that was asked for by its id: `withdrawn` if it must not be shown. */
  state?: "live" | "withdrawn";
}

/** An artwork that this listener was shown or keeps. */
export interface OwnArtwork extends Artwork {
  /**
   * When it was first on the screen, RFC 3339, UTC; null in a list of what is kept. What a guest and the account were both shown
   * before the guest joined is in the history twice.
   */
  shownAt: string | null;
  kept: boolean;
  /** RFC 3339, UTC; null if it is not kept. */
  keptAt: string | null;
}

/** A page of the listener's artworks. */
export interface OwnArtworks {
  /** The newest first. A page may be empty and not the last. */
  artworks: OwnArtwork[];
  /** What to ask for the next page with, as `before`; null after the last. */
  next: string | null;
}

/** How many impressions are sent in a request: many, or (to servers without the batch endpoint) one. */
export type DeliveryMode = "batch" | "single";

/** Seeds that are granted to no other session, for art that the page makes. */
export interface GenomeSeeds {
  /** The first seed, 16 hexadecimal digits. */
  from: string;
  /** Number of consecutive seeds. */
  count: number;
}

/** The answer to signing in and opening a session. */
export interface SessionInfo {
  sessionId: string;
  listenerId: string;
  /** Largest number of impressions to send in one request, 1 to 200. */
  batchLimit: number;
  delivery?: DeliveryMode | undefined;
  /** Signed capability for this session only. In a beacon's body it replaces the cookie. */
  token?: string | undefined;
  genomeSeeds?: GenomeSeeds | null | undefined;
  /** The epoch of the server's ledger: another one than before if the ledger has gone back to a copy. */
  epoch?: number | undefined;
  /** The last withdrawal that the session knows of; missing if the server tells of none between its answers. */
  lastWithdrawal?: number | undefined;
}

export type Transport = "fetch" | "beacon" | "later" | "keepalive";
export type Reason = "size" | "timer" | "hidden" | "replay" | "manual";

/** Where undelivered impressions are stored: on disk at once, on disk seconds later, or in memory for the life of the page. */
export type JournalKind = "indexeddb" | "localstorage" | "memory";

/** The client's own account inside a batch, for the key figures. */
export interface Report {
  /** Artworks put on screen since the last report. */
  displayed: number;
  /** Flickers skipped since the last report. */
  skipped: number;
  transport: Transport;
  reason: Reason | undefined;
  /** How often this batch was sent, including this time. */
  attempts: number;
  /** Milliseconds from the request for an artwork to its display, for those artworks where the page measured it. */
  displayMs: number[];
  /** Impressions dropped since the last report that no gap in the numbers shows. */
  dropped: number | undefined;
  journal: JournalKind;
  /**
   * Number of the attempts that outlive the page; left out if the page has not been hidden. 0 if a later page found the batch in the
   * journal and the first page had not tried to send it when it was hidden.
   */
  beacons: number | undefined;
  /** Number of impressions that follow those of this batch and are not answered; left out before the journal's code is loaded. */
  behind?: number;
}

/** The answer to impressions. The counts and the number of `unknown` ids add up to the number of ids sent. */
export interface BatchAnswer {
  recorded: number;
  duplicates: number;
  repeats: number;
  /** Artworks shown again on purpose; missing if the server counts them as repeats. */
  revisits?: number;
  /** Artworks that were never served to this listener; missing if the server does not count them. */
  unserved?: number;
  /** Ids that the server does not know. */
  unknown: number[];
  /** The largest N such that impressions 1..N have all arrived. */
  highWater: number;
  /** The epoch of the server's ledger, if the session was opened in an older one. */
  epoch?: number;
  /** Artworks that the session was served and that were withdrawn since its last answer; an answer with fresh art may have them too. */
  withdrawn?: number[];
  /** The high water of the sessions that the batch asked about and that the server knows. */
  earlier?: Arrived[];
}

/** How much of a session has arrived. */
export interface Arrived {
  sessionId: string;
  highWater: number;
}

/** The most impressions in one request, whatever a server allows. */
export const batchArtworksMax = 200;

/** The most ids that the end of a session may name as never shown. */
export const unshownArtworksMax = 1000;
