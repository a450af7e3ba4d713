import type { Artwork, OwnArtwork, OwnArtworks } from "artfresh";
import { node } from "../node.js";
import { detailsOfArtwork, titleOfArtwork } from "../screen/words.js";
import { type Icon, icon } from "./icons.js";
import type { MinePorts } from "./ports.js";
import { createRoom } from "./room.js";
import { savePicture } from "./savePicture.js";
import { shareLink } from "./share.js";
import { whenWords } from "./when.js";

const KEPT_AT_ONCE = 48;
const HISTORY_MAX = 50;
/** The server reads a few visits for a page: many short ones show little. */
const HISTORY_PAGES_MAX = 8;

/** The wall of kept works, and "What was that?": the last fifty that were on screen. */
export function createCollection(ports: MinePorts): { openKept(): void; openHistory(): void } {
  const { client } = ports;
  const kept = createList(ports, "kept", "Kept works", {
    width: 512,
    none: "Nothing kept yet. Press K, tap twice, or use the heart while an artwork is on the wall.",
    read: (before) => client.kept({ before, limit: KEPT_AT_ONCE }),
    time: ({ keptAt }, now) => (keptAt ? `kept ${whenWords(keptAt, now)}` : ""),
  });
  const history = createList(ports, "history", "What was that?", {
    width: 256,
    none: "Nothing has been on the wall yet.",
    async read() {
      // What was on screen a moment ago may not be delivered yet.
      await client.flush();
      const artworks: OwnArtwork[] = [];
      let before: string | null = null;
      for (let pages = 0; pages < HISTORY_PAGES_MAX; pages++) {
        const page: OwnArtworks = await client.history({ before, limit: HISTORY_MAX - artworks.length });
        artworks.push(...page.artworks);
        before = page.next;
        if (!before || artworks.length >= HISTORY_MAX) break;
      }
      return { artworks, next: null };
    },
    time: ({ shownAt }, now) => (shownAt ? whenWords(shownAt, now) : ""),
  });
  // The room may be open when another listener comes.
  client.whenListenerChanges(() => {
    kept.close();
    history.close();
  });
  client.whenWithdrawn((ids) => {
    kept.takeOff(ids);
    history.takeOff(ids);
  });
  return { openKept: kept.open, openHistory: history.open };
}

interface Listing {
  /** Pixels across of its thumbnails. */
  width: number;
  /** What to say of an empty list. */
  none: string;
  read(before: string | null): Promise<OwnArtworks>;
  time(artwork: OwnArtwork, now: Date): string;
}

function createList(
  ports: MinePorts,
  name: string,
  title: string,
  listing: Listing,
): { open(): void; close(): void; takeOff(ids: readonly number[]): void } {
  const room = createRoom(name, title);
  const list = node("ul", { class: `works works-${name}` });
  const status = node("p", { class: "room-status", role: "status" });
  const more = node("button", { type: "button", class: "choice" }, node("span", {}, "More"));
  room.dialog.classList.add("room-wide");
  room.body.append(list, status, more);
  let next: string | null = null;
  /** Of the last opening: answers to earlier ones are dropped. */
  let opening = 0;

  const show = (artwork: Artwork): void => {
    room.close();
    ports.revisit(artwork);
  };
  const load = async (before: string | null): Promise<void> => {
    const mine = ++opening;
    more.hidden = true;
    status.textContent = before ? "" : "One moment …";
    const page = await listing.read(before).catch(() => null);
    if (mine !== opening) return;
    if (!page) {
      status.textContent = "The gallery can't be reached right now.";
      return;
    }
    for (const { id, kept } of page.artworks) ports.keeping.note(id, kept);
    list.append(...page.artworks.map((artwork) => workOf(ports, artwork, listing, show)));
    next = page.next;
    more.hidden = !next;
    status.textContent = list.children.length || next ? "" : listing.none;
  };
  more.addEventListener("click", () => void load(next));

  return {
    open() {
      list.replaceChildren();
      room.open();
      void load(null);
    },
    close() {
      opening++;
      list.replaceChildren();
      if (room.dialog.open) room.close();
    },
    takeOff(ids) {
      for (const id of ids) list.querySelector(`[data-artwork="${id}"]`)?.remove();
    },
  };
}

function workOf(
  ports: MinePorts,
  artwork: OwnArtwork,
  { width, time }: Listing,
  show: (artwork: Artwork) => void,
): HTMLElement {
  const title = titleOfArtwork(artwork);
  const image = node("img", {
    src: thumbnailOf(artwork, width),
    alt: "",
    loading: "lazy",
    decoding: "async",
  });
  const hang = node(
    "button",
    { type: "button", class: "work-hang", title: "Show it on the wall again" },
    node("span", { class: "work-picture" }, image),
    node("span", { class: "work-title", dir: "auto" }, title),
  );
  hang.addEventListener("click", () => show(artwork));
  const details = node(
    "p",
    { class: "work-details", dir: "auto" },
    [detailsOfArtwork(artwork), time(artwork, new Date())].filter(Boolean).join(" · "),
  );
  const act = (name: Icon, words: string, run: () => Promise<string>): HTMLButtonElement => {
    const press = node("button", {
      type: "button",
      class: "button",
      "aria-label": `${words}: ${title}`,
      title: words,
    });
    press.append(icon(name));
    press.addEventListener("click", () => void run().then(ports.say));
    return press;
  };
  const heart = act("keep", "Keep", async () => {
    const words = await ports.keeping.toggle(artwork.id);
    heart.setAttribute("aria-pressed", String(ports.keeping.has(artwork.id)));
    ports.onKept();
    return words;
  });
  heart.classList.add("button-keep");
  heart.setAttribute("aria-pressed", String(artwork.kept));
  const actions = node(
    "div",
    { class: "work-actions" },
    heart,
    act("save", "Save as a picture", () => savePicture(artwork)),
    act("share", "Share a link", () => shareLink(artwork)),
  );
  return node("li", { class: "work", "data-artwork": `${artwork.id}` }, hang, details, actions);
}

function thumbnailOf({ id, genome, imageUrl }: Artwork, width: number): string {
  return genome === null ? imageUrl : `/art/${id}.png?width=${width}`;
}
