import type { Artwork, Mood } from "artfresh";

/** Below this stock, more is ordered. */
export const STOCK_LOW = 3;
/** Artworks in one order. */
export const STOCK_ORDER = 8;

const STOCK_MAX = 14;
/** Beyond this distance from the mood, the stock does not follow the music. */
const MOOD_REACH = 0.25;
const PREPARED_AT_ONCE = 2;
const HISTORY_MAX = 500;
const RETRY_FIRST_SECONDS = 1;
const RETRY_LAST_SECONDS = 20;

export interface GalleryPorts {
  /** Art that the listener never had; rejects while the network or the server is away. */
  fresh(count: number, mood: Mood): Promise<Artwork[]>;
  /** Resolves when an artwork can be put on screen at once; rejects where its picture does not load. */
  prepare(artwork: Artwork): Promise<void>;
  /** Art made on this page while the server is away; null while it is reachable, or where none can be made. */
  improvise(mood: Mood): Artwork | null;
  /** Something new is in stock. */
  onStocked(): void;
  /** Art stopped arriving (false), or arrives again (true). */
  onReachable(isReachable: boolean): void;
  wait(seconds: number): Promise<void>;
}

/**
 * What hangs on the wall, what hung there, and a small stock of what comes next. Art is drawn from the stock by mood,
 * so that the stock follows the music; going back walks through the session's own history.
 */
export class Gallery {
  readonly #ports: GalleryPorts;
  readonly #history: Artwork[] = [];
  readonly #unshown = new Set<number>();
  #stock: Artwork[] = [];
  #position = -1;
  #mood: Mood;
  #isOrdering = false;
  #isClosed = false;

  constructor(ports: GalleryPorts, mood: Mood) {
    this.#ports = ports;
    this.#mood = mood;
  }

  get current(): Artwork | null {
    return this.#history[this.#position] ?? null;
  }

  get stocked(): number {
    return this.#stock.length;
  }

  get hasPrevious(): boolean {
    return this.#position > 0;
  }

  /** Ids that were served and have not been on screen. */
  get unshown(): number[] {
    return [...this.#unshown];
  }

  /** The mood that the next artworks are chosen by. */
  set mood(mood: Mood) {
    this.#mood = mood;
  }

  /** The artwork is on screen, so it is spent. */
  confirmShown(id: number): void {
    this.#unshown.delete(id);
  }

  /** The unseen artwork nearest the mood; while the stock is empty, one made on this page; else null. */
  takeFresh(): Artwork | null {
    const inStock = this.#stock.reduce<Artwork | null>(
      (best, artwork) =>
        best && distance(best.mood, this.#mood) <= distance(artwork.mood, this.#mood) ? best : artwork,
      null,
    );
    const nearest = inStock ?? this.#ports.improvise(this.#mood);
    if (nearest) {
      this.#stock = this.#stock.filter((artwork) => artwork !== nearest);
      this.#history.push(nearest);
      if (this.#history.length > HISTORY_MAX) this.#history.shift();
      this.#position = this.#history.length - 1;
    }
    this.restock();
    return nearest;
  }

  /** One step back in what was shown, or null at the beginning. */
  back(): Artwork | null {
    if (!this.hasPrevious) return null;
    this.#position--;
    return this.current;
  }

  /** One step forward again after going back, or fresh art at the end; null while the stock is empty. */
  forward(): Artwork | null {
    if (this.#position >= this.#history.length - 1) return this.takeFresh();
    this.#position++;
    return this.current;
  }

  /** Orders more when the stock is low or nothing in it fits the mood. A failed order is repeated with growing pauses. */
  restock(): void {
    if (this.#isOrdering || (this.#stock.length > STOCK_LOW && !this.#isAstray())) return;
    this.#isOrdering = true;
    void this.#order().finally(() => {
      this.#isOrdering = false;
    });
  }

  /** Stops ordering. */
  close(): void {
    this.#isClosed = true;
  }

  #isAstray(): boolean {
    if (this.#stock.length + STOCK_ORDER > STOCK_MAX) return false;
    return this.#stock.every((artwork) => distance(artwork.mood, this.#mood) > MOOD_REACH ** 2);
  }

  async #order(): Promise<void> {
    let retry = RETRY_FIRST_SECONDS;
    while (!this.#isClosed) {
      try {
        const artworks = await this.#ports.fresh(STOCK_ORDER, this.#mood);
        this.#ports.onReachable(true);
        for (const artwork of artworks) this.#unshown.add(artwork.id);
        await this.#admit(artworks);
        if (this.#stock.length > 0) return;
      } catch {
        this.#ports.onReachable(false);
      }
      await this.#ports.wait(retry);
      retry = Math.min(RETRY_LAST_SECONDS, retry * 2);
    }
  }

  /** Each artwork enters the stock as soon as it is ready; one whose picture does not load stays unshown. */
  async #admit(artworks: readonly Artwork[]): Promise<void> {
    const waiting = artworks.values();
    // A few at a time: all at once would share the bandwidth, and the first would arrive as late as the last.
    const prepareInTurn = async (): Promise<void> => {
      for (const artwork of waiting) {
        try {
          await this.#ports.prepare(artwork);
        } catch {
          continue;
        }
        this.#stock.push(artwork);
        this.#ports.onStocked();
      }
    };
    await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, prepareInTurn));
  }
}

/** Squared. */
function distance(a: Mood, b: Mood): number {
  return (a.valence - b.valence) ** 2 + (a.energy - b.energy) ** 2;
}
