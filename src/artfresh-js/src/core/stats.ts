import type { JournalKind } from "./wire.js";

/** What this client has counted since it was made. `displayed + adopted = delivered + rejected + unsent + dropped`, always. */
export interface Stats {
  /** Impressions recorded by this page. */
  displayed: number;
  /** Impressions found in the journal, left by pages that are gone. */
  adopted: number;
  /** Flickers: artworks that the page put on screen again. */
  skipped: number;
  /** Impressions that an answer has covered, except the rejected. */
  delivered: number;
  /** Impressions that the server did not record: it does not know the artwork, or never served it to this listener. */
  rejected: number;
  /** Impressions that no answer has covered yet; they are in the journal. */
  unsent: number;
  /** Impressions that the server refused, or whose session it does not know: they stay in the journal until the next visit. */
  parked: number;
  /** Impressions given up: the journal was full, or they were older than 7 days. */
  dropped: number;
  /** Impressions that were in a request before, and went again. */
  resent: number;
  /** Impressions that the server had already: harmless. */
  duplicates: number;
  /** Impressions under a new number of artworks that the listener had before. */
  repeats: number;
  /** Requests made, beacons included. */
  calls: number;
  /** Where undelivered impressions are written down. */
  journal: JournalKind;
}

/** What is counted one by one; the rest follows from it and the outbox. */
export type Counts = Omit<Stats, "delivered" | "unsent" | "parked"> & {
  /** Of the dropped those whose numbers the server finds missing. */
  gaps: number;
};

export const createCounts = (): Counts => ({
  displayed: 0,
  adopted: 0,
  skipped: 0,
  dropped: 0,
  rejected: 0,
  gaps: 0,
  resent: 0,
  duplicates: 0,
  repeats: 0,
  calls: 0,
  journal: "memory",
});
