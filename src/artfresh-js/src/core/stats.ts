import type { JournalKind } from "./wire.js";

/** Counts since the client was created. Always `displayed + adopted = delivered + rejected + unsent + dropped`. */
export interface Stats {
  /** Impressions recorded by this page. */
  displayed: number;
  /** Impressions of dead pages, found in the journal. */
  adopted: number;
  /** Flickers: artworks that the page put on screen again, which are not recorded. */
  skipped: number;
  /** Impressions that an answer has covered, except rejected ones. */
  delivered: number;
  /** Impressions that the server did not record, because the artwork does not exist or was never served to this listener. */
  rejected: number;
  /** Impressions in the journal that no answer has covered. */
  unsent: number;
  /** Impressions that the server refused, or whose session it does not know. They stay in the journal until the next visit. */
  parked: number;
  /** Impressions dropped because the journal was full, or because they were older than 7 days. */
  dropped: number;
  /** Impressions that were sent more than once. */
  resent: number;
  /** Impressions that the server had already recorded. Harmless. */
  duplicates: number;
  /** Impressions under a new number of artworks that the listener had been shown already. */
  repeats: number;
  /** Impressions of artworks that were shown again on purpose. */
  revisits: number;
  /** Requests sent, including beacons. */
  calls: number;
  /** Where undelivered impressions are stored. */
  journal: JournalKind;
}

/** The stored counts; the others follow from these and the outbox. */
export type Counts = Omit<Stats, "delivered" | "unsent" | "parked"> & {
  /** Dropped impressions whose numbers the server finds missing. */
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
  revisits: 0,
  calls: 0,
  journal: "memory",
});
