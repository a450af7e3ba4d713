import { type ShowOptions, showOn } from "../index.js";

/** What Svelte calls of an action. */
export interface FreshArtAction {
  update(options: ShowOptions): void;
  destroy(): void;
}

/** `<img use:freshArt={{ client, every: 20 }} alt="">`: as `showOn`, for as long as the picture is on the page. */
export function freshArt(picture: HTMLImageElement, options?: ShowOptions): FreshArtAction {
  let showing = showOn(picture, options);
  return {
    update(changed) {
      showing.stop();
      showing = showOn(picture, changed);
    },
    destroy: () => showing.stop(),
  };
}
