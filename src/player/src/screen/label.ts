import type { Artwork } from "artfresh";
import { element, mark } from "./element.js";
import { type CreditPart, creditOfArtwork, titleOfArtwork } from "./words.js";

const SHOWN_MS = 8000;

/** The card beside the picture: shown for a while with each new artwork, and together with the controls; null empties it. */
export function createLabel(): (artwork: Artwork | null) => void {
  const label = element("label", HTMLElement);
  const title = element("label-title", HTMLElement);
  const details = element("label-details", HTMLElement);
  let fading: ReturnType<typeof setTimeout> | undefined;
  return (artwork) => {
    label.hidden = artwork === null;
    title.textContent = artwork && titleOfArtwork(artwork);
    details.replaceChildren(...(artwork ? nodesOf(creditOfArtwork(artwork)) : []));
    document.title = artwork ? `${titleOfArtwork(artwork)} · ArtFresh` : "ArtFresh";
    mark("label", artwork !== null);
    moveAside(label);
    clearTimeout(fading);
    fading = setTimeout(() => mark("label", false), SHOWN_MS);
  };
}

/** In a kiosk, a little elsewhere each time: words in one place for weeks burn into a screen. */
function moveAside(label: HTMLElement): void {
  if (document.body.dataset.kiosk === undefined) return;
  for (const side of ["--aside", "--above"])
    label.style.setProperty(side, `${(Math.random() * 3).toFixed(2)}rem`);
}

/** The parts as texts and links with dots between them. */
function nodesOf(parts: CreditPart[]): (Node | string)[] {
  return parts.flatMap(({ text, href }, i) => {
    const part = href ? linkTo(href, text) : text;
    return i === 0 ? [part] : [" · ", part];
  });
}

function linkTo(href: string, text: string): HTMLAnchorElement {
  const link = document.createElement("a");
  Object.assign(link, { href, textContent: text, target: "_blank", rel: "noopener noreferrer" });
  return link;
}
