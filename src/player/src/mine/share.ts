import type { Artwork } from "artfresh";
import { titleOfArtwork } from "../screen/words.js";

/** The address at which anybody sees the artwork; undefined for art that this page made and that has no number yet. */
export function linkOf({ id }: Artwork): string | undefined {
  return id < 0 ? undefined : new URL(`/artwork/${id}`, location.origin).href;
}

/** Shares an artwork's address by the system's dialog, or copies it. Resolves to what to tell the listener. */
export async function shareLink(artwork: Artwork): Promise<string> {
  const url = linkOf(artwork);
  if (!url) return "This artwork has no number yet. It gets one when it has been delivered.";
  try {
    if (navigator.share) {
      await navigator.share({ title: `${titleOfArtwork(artwork)} · ArtFresh`, url });
      return "Shared.";
    }
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "Not shared.";
    // The system shares nothing: the link is copied.
  }
  try {
    await navigator.clipboard.writeText(url);
    return "The link is copied.";
  } catch {
    // Without a secure connection, pages may not copy.
    return url;
  }
}
