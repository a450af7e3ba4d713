import type { Artwork } from "../core/wire.js";
import { type Client, createClient, createStock, type Mood, type Stock, whenSeen } from "../index.js";

/** Seconds between artworks if the attribute is missing. */
const everyDefault = 20;

/**
 * Defines `<art-fresh>`, which shows one fresh artwork after the other on a page without a framework.
 *
 * Attributes: `valence` and `energy` (the mood, each in [0, 1]), `every` (seconds between artworks, 20 by default; with 0 only `next()`
 * changes the artwork). It shows an `img` (style it as `art-fresh::part(picture)`) and fires `artwork` with the artwork in `detail`. Art
 * changes only while the element is in view and the page is visible. Each artwork is recorded before it is shown.
 * @param client The page's client; by default a new one for the page's own origin.
 */
export function defineArtFresh(client?: Client, name = "art-fresh"): void {
  if (customElements.get(name)) return;
  const pageClient = client ?? createClient();

  class ArtFreshElement extends HTMLElement {
    static readonly observedAttributes = ["every"];
    #stock: Stock | undefined;
    #picture: HTMLImageElement | undefined;
    #timer: ReturnType<typeof setInterval> | undefined;
    #unwatch: (() => void) | undefined;
    #unlisten: (() => void) | undefined;
    #untake: (() => void) | undefined;
    #artwork: Artwork | undefined;
    #isChanging = false;

    connectedCallback(): void {
      this.#picture ??= this.#hang();
      this.#stock ??= createStock(pageClient);
      this.#unlisten = pageClient.whenListenerChanges(() => {
        this.#picture?.removeAttribute("src");
        void this.next();
      });
      this.#untake = pageClient.whenWithdrawn((artworkIds) => {
        if (!this.#artwork || !artworkIds.includes(this.#artwork.id)) return;
        this.#picture?.removeAttribute("src");
        void this.next();
      });
      // Requests no art while the element is out of view.
      this.#unwatch = whenSeen(this, { share: 0.1, ms: 0 }, () => {
        this.#setTimer();
        if (!this.#picture?.src) void this.next();
      });
    }

    disconnectedCallback(): void {
      this.#unwatch?.();
      this.#unlisten?.();
      this.#untake?.();
      clearInterval(this.#timer);
    }

    attributeChangedCallback(): void {
      if (this.#timer !== undefined) this.#setTimer();
    }

    /** Shows the next artwork. Resolves when it is on screen, or when there is none. */
    async next(): Promise<void> {
      if (this.#isChanging || !this.#stock || !this.#picture) return;
      this.#isChanging = true;
      try {
        const artwork = await this.#stock.next(this.#mood());
        await pageClient.impression(artwork.id);
        this.#show(artwork, this.#picture);
      } catch (error) {
        this.dispatchEvent(new CustomEvent("error", { detail: error }));
      } finally {
        this.#isChanging = false;
      }
    }

    #show(artwork: Artwork, picture: HTMLImageElement): void {
      this.#artwork = artwork;
      picture.src = artwork.imageUrl;
      picture.alt = artwork.title ?? "";
      this.dispatchEvent(new CustomEvent("artwork", { detail: artwork, bubbles: true }));
    }

    #mood(): Mood {
      const at = (axis: string) => Number(this.getAttribute(axis) ?? 0.5);
      return { valence: at("valence"), energy: at("energy") };
    }

    #setTimer(): void {
      clearInterval(this.#timer);
      const every = Number(this.getAttribute("every") ?? everyDefault);
      const isInView = () => !document.hidden && this.checkVisibility();
      this.#timer = every > 0 ? setInterval(() => isInView() && this.next(), every * 1000) : undefined;
    }

    #hang(): HTMLImageElement {
      const picture = document.createElement("img");
      picture.setAttribute("part", "picture");
      picture.style.cssText = "display: block; max-width: 100%";
      this.attachShadow({ mode: "open" }).append(picture);
      return picture;
    }
  }

  customElements.define(name, ArtFreshElement);
}
