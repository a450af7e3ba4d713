import type { Artwork } from "artfresh";

const NUMBER: Intl.NumberFormat = new Intl.NumberFormat("en");

export function titleOfArtwork({ title }: Artwork): string {
  return title?.trim() || "Untitled";
}

/** A part of an artwork's credit, which may have a page. */
export interface CreditPart {
  text: string;
  href?: string;
}

/** Number, author, licence, source and what made it, for the card beside a picture. An artwork made by the page has no number yet. */
export function creditOfArtwork({ id, author, licence, source, digitalSourceType }: Artwork): CreditPart[] {
  const parts: CreditPart[] = [{ text: id < 0 ? "Made here, just now" : `No. ${NUMBER.format(id)}` }];
  if (author?.trim()) parts.push({ text: author.trim() });
  if (licence?.trim()) parts.push(linked(licence.trim(), licenceWords));
  if (source?.trim()) parts.push(linked(source.trim(), (page) => page.hostname.replace(/^www\./, "")));
  const maker = MAKERS[digitalSourceType ?? ""];
  if (maker) parts.push({ text: maker });
  return parts;
}

/** The same in one line, without links. */
export function detailsOfArtwork(artwork: Artwork): string {
  return creditOfArtwork(artwork)
    .map(({ text }) => text)
    .join(" · ");
}

const MAKERS: Record<string, string | undefined> = {
  algorithmicMedia: "Made by an algorithm",
  trainedAlgorithmicMedia: "Made by AI",
  compositeWithTrainedAlgorithmicMedia: "Made with AI",
};

/** A credit that is an address becomes a short text with a link; only pages of the web are linked. */
function linked(credit: string, words: (page: URL) => string): CreditPart {
  if (!/^https?:/i.test(credit)) return { text: credit };
  try {
    const page = new URL(credit);
    return { text: words(page), href: page.href };
  } catch {
    return { text: credit };
  }
}

/** Creative Commons' addresses say which licence they are: `/licenses/by-sa/4.0/` is CC BY-SA 4.0. */
function licenceWords({ hostname, pathname }: URL): string {
  const [kind, name, version] = pathname.split("/").filter(Boolean);
  if (!hostname.endsWith("creativecommons.org") || !name) return hostname + pathname;
  if (kind === "licenses") return ["CC", name.toUpperCase(), version].filter(Boolean).join(" ");
  return name === "zero" ? "CC0" : "Public domain";
}

/** Artworks that the listener was shown, and how many of them had been shown before. */
export interface Tally {
  readonly shown: number;
  readonly repeats: number;
}

/** How many artworks the listener has seen, and whether the promise held. */
export function tallyWords({ shown, repeats }: Tally): string {
  const artworks = `${NUMBER.format(shown)} ${shown === 1 ? "artwork" : "artworks"}`;
  if (repeats === 0) return `${artworks}, none twice`;
  return `${artworks}, ${NUMBER.format(repeats)} seen before`;
}

/** Seconds as minutes and seconds, as players write them. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
