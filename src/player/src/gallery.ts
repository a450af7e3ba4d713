import type { Artwork, Mood } from "artfresh";

/** The gallery requests more artworks when it has this many or fewer. */
export const STOCK_LOW = 3;
/** Artworks in one request. */
export const STOCK_ORDER = 8;

const STOCK_MAX = 14;
/** If every artwork in stock is farther than this from the mood, the gallery requests more. */
const MOOD_REACH = 0.25;
const PREPARED_AT_ONCE = 2;
const HISTORY_MAX = 500;
const RETRY_FIRST_SECONDS = 1;
const RETRY_LAST_SECONDS = 20;

export interface GalleryPorts {
  /** Requests art that the listener was never served; rejects while the network or the server is down. */
  fresh(count: number, mood: Mood): Promise<Artwork[]>;
  /** Resolves when an artwork can be shown at once; rejects if its picture does not load. */
  prepare(artwork: Artwork): Promise<void>;
  /** Makes art on this page while the server is down; null while it is reachable, or if the page can make none. */
  improvise(mood: Mood): Artwork | null;
  /** Called when an artwork has entered the stock. */
  onStocked(): void;
  /** Called when requests for art fail (false) or succeed again (true). */
  onReachable(isReachable: boolean): void;
  wait(seconds: number): Promise<void>;
}

/**
 * The shown artworks and a small stock of fresh ones. The next artwork is the one in stock that is nearest to the mood, so that the
 * art follows the music. Going back walks through the history of this visit.
 */
export class Gallery {
  readonly #ports: GalleryPorts;
  readonly #history: Artwork[] = [];
  readonly #unshown = new Set<number>();
  /** Some may be on their way into the stock. */
  readonly #withdrawn = new Set<number>();
  #stock: Artwork[] = [];
  #position = -1;
  #mood: Mood;
  /** The order under way, if any; another listener's is dropped. */
  #order: object | null = null;
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

  /** The mood of the next artworks. */
  set mood(mood: Mood) {
    this.#mood = mood;
  }

  /** Marks an artwork as shown. */
  confirmShown(id: number): void {
    this.#unshown.delete(id);
  }

  /** Takes withdrawn artworks out of the stock and the history; true if the current one is among them. */
  withdraw(ids: readonly number[]): boolean {
    const gone = new Set(ids);
    const isCurrentGone = this.current !== null && gone.has(this.current.id);
    const before = this.#history.slice(0, this.#position + 1).filter(({ id }) => gone.has(id)).length;
    this.#stock = this.#stock.filter(({ id }) => !gone.has(id));
    for (const id of ids) this.#unshown.delete(id);
    for (const id of ids) this.#withdrawn.add(id);
    const kept = this.#history.filter(({ id }) => !gone.has(id));
    this.#history.splice(0, this.#history.length, ...kept);
    this.#position = Math.min(this.#position - before, this.#history.length - 1);
    this.restock();
    return isCurrentGone;
  }

  /** The artwork in stock that is nearest to the mood; if the stock is empty, one made on this page, or null. */
  takeFresh(): Artwork | null {
    const inStock = this.#stock.reduce<Artwork | null>(
      (best, artwork) =>
        best && distance(best.mood, this.#mood) <= distance(artwork.mood, this.#mood) ? best : artwork,
      null,
    );
    const nearest = inStock ?? this.#ports.improvise(this.#mood);
    if (nearest) {
      this.#stock = this.#stock.filter((artwork) => artwork !== nearest);
      this.#remember(nearest);
    }
    this.restock();
    return nearest;
  }

  /** One step back in the history; null at its beginning. */
  back(): Artwork | null {
    if (!this.hasPrevious) return null;
    this.#position--;
    return this.current;
  }

  /** One step forward in the history, or fresh art at its end; null if there is none. */
  forward(): Artwork | null {
    if (this.#position >= this.#history.length - 1) return this.takeFresh();
    this.#position++;
    return this.current;
  }

  /** Makes an artwork the current one that the listener has seen, or that was shared with them. It is not shown as fresh afterwards. */
  revisit(artwork: Artwork): void {
    this.#stock = this.#stock.filter(({ id }) => id !== artwork.id);
    this.#remember(artwork);
  }

  /** Empties stock and history: another listener comes. Returns what was served and has not been on screen. */
  clear(): number[] {
    const unshown = this.unshown;
    this.#unshown.clear();
    this.#stock = [];
    this.#history.length = 0;
    this.#position = -1;
    this.#order = null;
    return unshown;
  }

  /** Requests more art if the stock is low or nothing in it fits the mood. Repeats a failed request with growing delays. */
  restock(): void {
    if (this.#order || (this.#stock.length > STOCK_LOW && !this.#isAstray())) return;
    const mine = {};
    this.#order = mine;
    void this.#request(() => this.#order === mine).finally(() => {
      if (this.#order === mine) this.#order = null;
    });
  }

  /** Stops requesting. */
  close(): void {
    this.#isClosed = true;
  }

  #isAstray(): boolean {
    if (this.#stock.length + STOCK_ORDER > STOCK_MAX) return false;
    return this.#stock.every((artwork) => distance(artwork.mood, this.#mood) > MOOD_REACH ** 2);
  }

  #remember(artwork: Artwork): void {
    this.#history.push(artwork);
    if (this.#history.length > HISTORY_MAX) this.#history.shift();
    this.#position = this.#history.length - 1;
  }

  async #request(isWanted: () => boolean): Promise<void> {
    let retry = RETRY_FIRST_SECONDS;
    while (!this.#isClosed && isWanted()) {
      try {
        const artworks = await this.#ports.fresh(STOCK_ORDER, this.#mood);
        if (!isWanted()) return;
        this.#ports.onReachable(true);
        for (const artwork of artworks) this.#unshown.add(artwork.id);
        await this.#admit(artworks, isWanted);
        if (this.#stock.length > 0) return;
      } catch {
        this.#ports.onReachable(false);
      }
      await this.#ports.wait(retry);
      retry = Math.min(RETRY_LAST_SECONDS, retry * 2);
    }
  }

  /** Adds each artwork to the stock when it is ready; drops those whose picture does not load. */
  async #admit(artworks: readonly Artwork[], isWanted: () => boolean): Promise<void> {
    const waiting = artworks.values();
    // A few at a time: if all shared the bandwidth, the first would arrive as late as the last.
    const prepareInTurn = async (): Promise<void> => {
      for (const artwork of waiting) {
        try {
          await this.#ports.prepare(artwork);
        } catch {
          continue;
        }
        if (!isWanted()) return;
        if (this.#history.some(({ id }) => id === artwork.id)) continue;
        if (this.#withdrawn.has(artwork.id)) continue;
        this.#stock.push(artwork);
        this.#ports.onStocked();
      }
    };
    await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, prepareInTurn));
  }
}

/** Squared Euclidean distance. */
function distance(a: Mood, b: Mood): number {
  return (a.valence - b.valence) ** 2 + (a.energy - b.energy) ** 2;
}
