import type { Artwork } from "artfresh";

/** Width in pixels that a drawn artwork is asked for where the page cannot draw it itself. */
const DRAWN_WIDTH = 1024;
const TINT_SAMPLES = 24;
const OPAQUE = 250;

/** An artwork as an image: whole on a soft ground of its own colours, or filling the screen where it was made to. */
export interface Picture {
  readonly element: HTMLElement;
  readonly image: HTMLImageElement;
  /** Its size at rest: a picture that is shown whole stays so while it moves. */
  readonly restScale: number;
}

/** Loads and decodes the artwork's picture, so that it can be shown without a flash. Rejects where it cannot be had. */
export async function loadPicture(artwork: Artwork): Promise<Picture> {
  const image = new Image();
  image.decoding = "async";
  image.alt = "";
  image.src = pictureUrl(artwork);
  await image.decode();

  const element = document.createElement("figure");
  element.className = "picture";
  image.className = "picture-image";
  if (artwork.genome === null) {
    const ground = groundOf(image);
    element.classList.add(ground.isCutOut ? "picture-mounted" : "picture-whole");
    element.append(ground.canvas);
  } else {
    element.classList.add("picture-filling");
  }
  element.append(image);
  return { element, image, restScale: artwork.genome === null ? 0.945 : 1 };
}

function pictureUrl({ id, genome, imageUrl }: Artwork): string {
  return genome === null ? imageUrl : `/art/${id}.png?width=${DRAWN_WIDTH}`;
}

/** A blur that costs nothing: the picture in a few pixels, stretched by the page. */
function groundOf(image: HTMLImageElement): { canvas: HTMLCanvasElement; isCutOut: boolean } {
  const canvas = document.createElement("canvas");
  canvas.className = "picture-ground";
  canvas.width = TINT_SAMPLES;
  canvas.height = TINT_SAMPLES;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return { canvas, isCutOut: true };
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, TINT_SAMPLES, TINT_SAMPLES);
  return { canvas, isCutOut: hasHoles(context) };
}

function hasHoles(context: CanvasRenderingContext2D): boolean {
  try {
    const { data } = context.getImageData(0, 0, TINT_SAMPLES, TINT_SAMPLES);
    return data.some((value, i) => i % 4 === 3 && value < OPAQUE);
  } catch {
    // A picture of another origin may be shown and not read.
    return true;
  }
}
