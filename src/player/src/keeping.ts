import type { Client } from "artfresh";

/** By the server's code, why an artwork can't be kept. */
const REFUSALS: Readonly<Record<string, string>> = {
  artwork_not_found: "Only what you were served can be kept.",
  kept_full: "Your wall is full. Keep something no longer first.",
};

/** The message for a listener who keeps an artwork. */
export interface Keeping {
  /** Keeps an artwork, or keeps it no longer if it is kept. Never rejects. */
  toggle(artworkId: number | undefined): Promise<string>;
  /** Whether it is kept, as far as this page knows. */
  has(artworkId: number | undefined): boolean;
  /** Call it with what the server says. */
  note(artworkId: number, isKept: boolean): void;
  /** Forgets what another listener keeps. */
  clear(): void;
}

export function createKeeping(client: Pick<Client, "keep" | "unkeep">): Keeping {
  const kept = new Set<number>();
  const note = (artworkId: number, isKept: boolean): void => {
    if (isKept) kept.add(artworkId);
    else kept.delete(artworkId);
  };
  return {
    note,
    clear: () => kept.clear(),
    has: (artworkId) => artworkId !== undefined && kept.has(artworkId),
    async toggle(artworkId) {
      // Art that this page made has no id until its impression has arrived.
      if (artworkId === undefined || artworkId < 0) return "This artwork can't be kept yet.";
      const isKept = kept.has(artworkId);
      try {
        await (isKept ? client.unkeep(artworkId) : client.keep(artworkId));
      } catch (error) {
        return REFUSALS[(error as { code?: string }).code ?? ""] ?? "Can't keep artworks right now.";
      }
      note(artworkId, !isKept);
      return isKept ? "Not kept any longer." : "Kept.";
    },
  };
}
