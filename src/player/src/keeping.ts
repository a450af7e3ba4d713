import type { Client } from "artfresh";

/** The message for a listener who keeps an artwork. */
export interface Keeping {
  /** Keeps an artwork, or keeps it no longer if it was kept on this page. Never rejects. */
  toggle(artworkId: number | undefined): Promise<string>;
  /** Whether it was kept on this page. */
  has(artworkId: number | undefined): boolean;
}

export function createKeeping(client: Pick<Client, "keep" | "unkeep">): Keeping {
  const kept = new Set<number>();
  return {
    has: (artworkId) => artworkId !== undefined && kept.has(artworkId),
    async toggle(artworkId) {
      // Art that this page made has no id until its impression has arrived.
      if (artworkId === undefined || artworkId < 0) return "This artwork can't be kept yet.";
      const isKept = kept.has(artworkId);
      try {
        await (isKept ? client.unkeep(artworkId) : client.keep(artworkId));
      } catch {
        return "Can't keep artworks right now.";
      }
      if (isKept) kept.delete(artworkId);
      else kept.add(artworkId);
      return isKept ? "Not kept any longer." : "Kept.";
    },
  };
}
