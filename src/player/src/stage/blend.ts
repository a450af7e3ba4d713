/** One of the artworks on the wall during a fade. */
export interface Hanging {
  /** Whether it is drawn on the canvas from its genome, or shown as an image above the canvas. */
  readonly isDrawn: boolean;
  /** Opacity over the artworks below it, 0..1. */
  readonly opacity: number;
}

/**
 * Opacities that make the artworks look as if each lay on the previous one, although all images lie above the one canvas: an image
 * fades out when a drawn artwork comes in over it, which the canvas shows at full opacity.
 * @param hangings Lowest first.
 * @returns A number in 0..1 for each artwork: for drawn ones the opacity on the canvas, for images the opacity on the page.
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

/** Maps 0..1 to 0..1 with a smooth start and end. */
export function ease(progress: number): number {
  const t = Math.min(1, Math.max(0, progress));
  return t * t * (3 - 2 * t);
}
