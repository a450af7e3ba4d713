import type { Artwork } from "artfresh";
import { element, mark } from "./element.js";
import { detailsOfArtwork, titleOfArtwork } from "./words.js";

const SHOWN_MS = 8000;

/** The card beside the picture: shown for a while with each new artwork, and together with the controls; null empties it. */
export function createLabel(): (artwork: Artwork | null) => void {
  const title = element("label-title", HTMLElement);
  const details = element("label-details", HTMLElement);
  let fading: ReturnType<typeof setTimeout> | undefined;
  return (artwork) => {
    title.textContent = artwork && titleOfArtwork(artwork);
    details.textContent = artwork && detailsOfArtwork(artwork);
    document.title = artwork ? `${titleOfArtwork(artwork)} · ArtFresh` : "ArtFresh";
    mark("label", artwork !== null);
    clearTimeout(fading);
    fading = setTimeout(() => mark("label", false), SHOWN_MS);
  };
}
