import type { Artwork } from "artfresh";

const NUMBER: Intl.NumberFormat = new Intl.NumberFormat("en");

export function titleOfArtwork({ title }: Artwork): string {
  return title?.trim() || "Untitled";
}

/** Number and author on the card beside a picture. An artwork made by the page has no number yet. */
export function detailsOfArtwork({ id, author }: Artwork): string {
  if (id < 0) return "Made here, just now";
  const number = `No. ${NUMBER.format(id)}`;
  return author?.trim() ? `${number} · ${author.trim()}` : number;
}

/** How many artworks the listener has seen, and whether the promise held: `repeats` of the `shown` had been seen before. */
export function tallyWords(shown: number, repeats: number): string {
  const artworks = `${NUMBER.format(shown)} ${shown === 1 ? "artwork" : "artworks"}`;
  if (repeats === 0) return `${artworks}, none twice`;
  return `${artworks}, ${NUMBER.format(repeats)} seen before`;
}

/** Seconds as minutes and seconds, as players write them. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
