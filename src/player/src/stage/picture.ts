import type { Artwork } from "artfresh";

/** Width in pixels that a drawn artwork is asked for where the page cannot draw it itself. */
const DRAWN_WIDTH = 1024;
/** A sixteenth of the pixels, drawn and sent in a sixteenth of the time. */
const URGENT_WIDTH = 256;
const TINT_SAMPLES = 12;
const GROUND_PIXELS = 192;
const OPAQUE = 250;

/** An artwork as an image: whole on a soft ground of its own colours, or filling the screen where it was made to. */
export interface Picture {
  readonly element: HTMLElement;
  readonly image: HTMLImageElement;
  /** Where it came coarse: makes it as fine as the others are. */
  refine(): void;
}

/**
 * Loads and decodes the artwork's picture, so that it can be shown without a flash. An urgent one comes coarse, to be refined
 * where it is. Rejects where it does not load.
 */
export async function loadPicture(artwork: Artwork, isUrgent: boolean): Promise<Picture> {
  const image = new Image();
  image.decoding = "async";
  image.alt = "";
  image.src = pictureUrl(artwork, isUrgent ? URGENT_WIDTH : DRAWN_WIDTH);
  await image.decode();

  const element = document.createElement("figure");
  element.className = "picture";
  image.className = "picture-image";
  if (artwork.genome === null) {
    const ground = groundOf(image);
    element.classList.add(ground.isCutOut ? "picture-mounted" : "picture-whole");
    element.append(ground.canvas);
    image.style.setProperty("--ratio", String(image.naturalWidth / Math.max(1, image.naturalHeight)));
  } else {
    element.classList.add("picture-filling");
  }
  element.append(image);
  return { element, image, refine: () => void refine(image, pictureUrl(artwork, DRAWN_WIDTH)) };
}

function pictureUrl({ id, genome, imageUrl }: Artwork, width: number): string {
  return genome === null ? imageUrl : `/art/${id}.png?width=${width}`;
}

async function refine(image: HTMLImageElement, url: string): Promise<void> {
  if (image.src.endsWith(url)) return;
  const finer = new Image();
  finer.src = url;
  // Where the finer one does not load, the coarse one still shows the artwork.
  await finer.decode().then(
    () => {
      image.src = url;
    },
    () => {},
  );
}

/** A blur that costs nothing: the picture in a few pixels, made smooth by doubling, and stretched by the page. */
function groundOf(image: HTMLImageElement): { canvas: HTMLCanvasElement; isCutOut: boolean } {
  let canvas = scaled(image, TINT_SAMPLES);
  const isCutOut = hasHoles(canvas);
  for (let size = TINT_SAMPLES * 2; size <= GROUND_PIXELS; size *= 2) canvas = scaled(canvas, size);
  canvas.className = "picture-ground";
  return { canvas, isCutOut };
}

function scaled(source: CanvasImageSource, size: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context) {
    context.imageSmoothingQuality = "high";
    context.drawImage(source, 0, 0, size, size);
  }
  return canvas;
}

function hasHoles(canvas: HTMLCanvasElement): boolean {
  try {
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return pixels.some((value, i) => i % 4 === 3 && value < OPAQUE);
  } catch {
    // A picture of another origin may be shown and not read.
    return true;
  }
}
