import { createStock } from "../art/stock.js";
import type { Client } from "../client.js";
import type { Artwork } from "../core/wire.js";
import type { Showing, ShowOptions } from "./showOptions.js";
import { watchView, whenSeen } from "./whenSeen.js";

/** Pause after a refusal, or a picture that cannot be shown. */
const retryMs = 20_000;

/** See `showOn`. */
export function show(
  picture: HTMLImageElement,
  client: Client,
  { every = 20, mood, share = 0.5, ms = 1000, shown, failed }: ShowOptions,
): Showing {
  const stock = createStock(client);
  let current: Artwork | undefined;
  let isChanging = false;
  let isStopped = false;
  let isInView = false;
  let isDue = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unwatch = () => {};

  const isVisible = () => isInView && !document.hidden;
  const isUnseen = () => !!current && !client.hasShown(current.id);

  const turn = () => {
    if (isVisible() && (!current || (isDue && !isUnseen()))) void next();
  };

  const next = async () => {
    if (isChanging || isStopped) return;
    isChanging = true;
    try {
      const artwork = await stock.next(typeof mood === "function" ? mood() : mood);
      if (isStopped || !isVisible()) return stock.put(artwork);
      hang(artwork);
      // It was loaded ahead, so that this takes no time.
      await picture.decode();
      if (current === artwork) shown?.(artwork);
    } catch (error) {
      if (isStopped) return;
      failed?.(error);
      if (current && isUnseen()) clear();
      timer = setTimeout(turn, retryMs);
    } finally {
      isChanging = false;
    }
  };

  const hang = (artwork: Artwork) => {
    unwatch();
    current = artwork;
    picture.src = artwork.imageUrl;
    picture.alt = artwork.title ?? "";
    unwatch = whenSeen(picture, { share, ms }, () => void client.impression(artwork.id, artwork).then(turn));
    isDue = false;
    clearTimeout(timer);
    if (every) timer = setTimeout(due, every * 1000);
  };

  const due = () => {
    isDue = true;
    turn();
  };

  const clear = () => {
    unwatch();
    clearTimeout(timer);
    current = undefined;
    picture.removeAttribute("src");
  };
  const replace = () => {
    clear();
    // The next listener's session begins after this.
    setTimeout(turn);
  };

  const offs = [
    watchView(picture, share, (isNow) => {
      isInView = isNow;
      turn();
    }),
    client.whenListenerChanges(replace),
    client.whenWithdrawn((artworkIds) => {
      if (current && artworkIds.includes(current.id)) replace();
    }),
    () => document.removeEventListener("visibilitychange", turn),
  ];
  document.addEventListener("visibilitychange", turn);

  return {
    next,
    stop() {
      isStopped = true;
      for (const off of offs) off();
      unwatch();
      clearTimeout(timer);
      if (!current || !isUnseen()) return;
      stock.put(current);
      clear();
    },
  };
}
