/** Tells artworks that the page puts on screen again (a re-render, two effects) from new ones. */
export interface Flicker {
  /** True the first time that an artwork is named, false ever after. */
  isFirst(artworkId: number): boolean;
  has(artworkId: number): boolean;
  /** Flickers since it was last asked. */
  takeSkipped(): number;
}

/**
 * @param skipped Called with each flicker.
 */
export function createFlicker(skipped: (artworkId: number) => void): Flicker {
  const shown = new Set<number>();
  let count = 0;
  return {
    isFirst(artworkId) {
      if (!shown.has(artworkId)) {
        shown.add(artworkId);
        return true;
      }
      count++;
      skipped(artworkId);
      return false;
    },
    has: (artworkId) => shown.has(artworkId),
    takeSkipped() {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
