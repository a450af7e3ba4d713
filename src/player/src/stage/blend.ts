/** One artwork on the wall while it comes in over those before it. */
export interface Hanging {
  /** Drawn on the canvas from its genome, or shown as an image above the canvas. */
  readonly isDrawn: boolean;
  /** 0..1, over what is below it. */
  readonly opacity: number;
}

/**
 * The opacities that show hangings, lowest first, as if each lay on the one before, although all images lie above the one
 * canvas: an image gives way to a drawn artwork that comes in over it, which the canvas then shows in full.
 * @returns As many numbers 0..1 as hangings: for drawn ones over each other on the canvas, for images on the page.
 */
export function blend(hangings: readonly Hanging[]): number[] {
  return hangings.map((hanging, i) => {
    if (hanging.isDrawn) return hangings.slice(0, i).some((below) => below.isDrawn) ? hanging.opacity : 1;
    const covered = hangings
      .slice(i + 1)
      .reduce((left, above) => left * (above.isDrawn ? 1 - above.opacity : 1), 1);
    return hanging.opacity * covered;
  });
}

/** Smooth start and end of a fade, 0..1 to 0..1. */
export function ease(progress: number): number {
  const t = Math.min(1, Math.max(0, progress));
  return t * t * (3 - 2 * t);
}
