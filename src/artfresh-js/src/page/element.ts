import { type Client, createClient, type Mood, type Showing, showOn } from "../index.js";

/** By address, the clients of elements that were given none. */
const clients = new Map<string, Client>();

/**
 * Defines `<art-fresh>`, which shows one fresh artwork after the other on a page without a framework, as `showOn` does.
 *
 * Attributes: `valence` and `energy` (the mood, each in [0, 1]), `every` (seconds between artworks, 20 by default; with 0 only `next()`
 * changes the artwork), `server` (its address, on a page of another origin). It shows an `img` (style it as `art-fresh::part(picture)`) and
 * fires `artwork` with the artwork in `detail`, and `error` if the server refuses to serve art.
 * @param client The client of elements without a `server`; by default a new one.
 * @param home The server of elements that name none, if there is no client; by default the page's own origin.
 */
export function defineArtFresh(client?: Client, name = "art-fresh", home: string = location.origin): void {
  if (customElements.get(name)) return;

  class ArtFreshElement extends HTMLElement {
    static readonly observedAttributes = ["every", "server"];
    #picture: HTMLImageElement | undefined;
    #showing: Showing | undefined;

    connectedCallback(): void {
      this.#picture ??= this.#hang();
      this.#showing = showOn(this.#picture, {
        client: this.#client(),
        every: Number(this.getAttribute("every") ?? 20),
        mood: () => this.#mood(),
        shown: (artwork) => this.#tell("artwork", artwork),
        failed: (error) => this.#tell("error", error),
      });
    }

    disconnectedCallback(): void {
      this.#showing?.stop();
      this.#showing = undefined;
    }

    attributeChangedCallback(): void {
      if (!this.#showing) return;
      this.disconnectedCallback();
      this.connectedCallback();
    }

    /** Shows the next artwork. Resolves when it is on screen, or when there is none. */
    async next(): Promise<void> {
      await this.#showing?.next();
    }

    #client(): Client {
      const server = this.getAttribute("server");
      if (client && !server) return client;
      const { origin } = new URL(server || home, location.href);
      const known =
        clients.get(origin) ?? createClient({ baseUrl: origin === location.origin ? "" : origin });
      clients.set(origin, known);
      return known;
    }

    #tell(type: string, detail: unknown): void {
      this.dispatchEvent(new CustomEvent(type, { detail, bubbles: type === "artwork" }));
    }

    #mood(): Mood {
      const at = (axis: string) => Number(this.getAttribute(axis) ?? 0.5);
      return { valence: at("valence"), energy: at("energy") };
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
