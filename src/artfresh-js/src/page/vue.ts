import { type Showing, type ShowOptions, showOn } from "../index.js";

/** The hooks of a Vue directive. */
export interface FreshArtDirective {
  mounted(picture: HTMLImageElement, binding: { value?: ShowOptions | undefined }): void;
  beforeUnmount(picture: HTMLImageElement): void;
}

const showings = new WeakMap<HTMLImageElement, Showing>();

/** `<img v-fresh-art="{ client, every: 20 }" alt="">`: as `showOn`, for as long as the picture is on the page. */
export const vFreshArt: FreshArtDirective = {
  mounted: (picture, { value }) => void showings.set(picture, showOn(picture, value)),
  beforeUnmount: (picture) => showings.get(picture)?.stop(),
};
