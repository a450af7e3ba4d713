import type { Call } from "../core/call.js";
import { insist } from "../core/insist.js";
import type { Settings } from "../core/settings.js";
import type { OwnArtworks } from "../core/wire.js";

/** Reads a page of what the listener was shown or keeps. Rejects with ArtFreshError after about 30 s of trying. */
export const readOwn = (
  settings: Settings,
  call: Call,
  list: "artworks" | "kept",
  { before, limit }: { before?: string | null | undefined; limit?: number | undefined },
): Promise<OwnArtworks> => {
  const query = new URLSearchParams();
  if (before) query.set("before", before);
  if (limit) query.set("limit", `${limit}`);
  return insist(settings, async () => {
    const answer = await call(`/api/listeners/me/${list}?${query}`);
    if (answer.status !== 200) return answer;
    const { artworks, next } = answer.body as OwnArtworks;
    const own = artworks.map((artwork) => ({ ...artwork, imageUrl: settings.baseUrl + artwork.imageUrl }));
    return { ...answer, done: { artworks: own, next } };
  });
};

/** Keeps an artwork, or keeps it no longer. Rejects with ArtFreshError. */
export const setKept = (settings: Settings, call: Call, artworkId: number, isKept: boolean): Promise<void> =>
  insist(settings, async () => {
    const answer = await call(`/api/artworks/${artworkId}/keep`, undefined, false, isKept ? "PUT" : "DELETE");
    return { ...answer, done: answer.status === 204 ? true : undefined };
  }).then(() => {});
