import type { Artwork, Mood } from "artfresh";
import type { Stock } from "artfresh/stock";

const HISTORY_MAX = 500;

/** The artworks of this visit, and after them fresh ones out of the stock. Going back walks through those of this visit. */
export class Gallery {
  readonly #stock: Pick<Stock, "take">;
  #history: Artwork[] = [];
  #position = -1;

  constructor(stock: Pick<Stock, "take">) {
    this.#stock = stock;
  }

  get current(): Artwork | null {
    return this.#history[this.#position] ?? null;
  }

  get hasPrevious(): boolean {
    return this.#position > 0;
  }

  get history(): readonly Artwork[] {
    return this.#history;
  }

  /** Takes withdrawn artworks out of the history; true if the current one is among them. */
  withdraw(ids: readonly number[]): boolean {
    const isGone = ({ id }: Artwork): boolean => ids.includes(id);
    const isCurrentGone = this.current !== null && isGone(this.current);
    const before = this.#history.slice(0, this.#position + 1).filter(isGone).length;
    this.#history = this.#history.filter((artwork) => !isGone(artwork));
    this.#position = Math.min(this.#position - before, this.#history.length - 1);
    return isCurrentGone;
  }

  /** The artwork in stock that is nearest to the mood; null if there is none. */
  takeFresh(mood: Mood): Artwork | null {
    const artwork = this.#stock.take(mood);
    if (artwork) this.hang(artwork);
    return artwork ?? null;
  }

  /** One step back in the history; null at its beginning. */
  back(): Artwork | null {
    if (!this.hasPrevious) return null;
    this.#position--;
    return this.current;
  }

  /** One step forward in the history, or fresh art at its end; null if there is none. */
  forward(mood: Mood): Artwork | null {
    if (this.#position >= this.#history.length - 1) return this.takeFresh(mood);
    this.#position++;
    return this.current;
  }

  /** Makes an artwork the current one. */
  hang(artwork: Artwork): void {
    this.#history.push(artwork);
    if (this.#history.length > HISTORY_MAX) this.#history.shift();
    this.#position = this.#history.length - 1;
  }

  /** Leaves nothing to go back to. */
  clear(): void {
    this.#history = [];
    this.#position = -1;
  }
}
