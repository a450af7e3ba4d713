import type { Artwork } from "artfresh";

/** Width in pixels of a generated artwork's picture if the page cannot draw it. */
const DRAWN_WIDTH = 1024;
/** Width of an urgent picture: a sixteenth of the pixels takes a sixteenth of the time. */
const URGENT_WIDTH = 256;
const TINT_SAMPLES = 12;
const GROUND_PIXELS = 192;
const PORTRAIT_SIDE = 256;
const OPAQUE = 250;

/** An artwork as an image: whole on a blurred ground of its own colours, or, if it was made for that, filling the screen. */
export interface Picture {
  readonly element: HTMLElement;
  readonly image: HTMLImageElement;
  /** Replaces an urgent picture by the full one. */
  refine(): void;
}

/**
 * Loads and decodes the artwork's picture, so that it can be shown without a flash. An urgent one is smaller, and can be refined
 * later. Rejects if it does not load.
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
  // If the full picture does not load, the small one still shows the artwork.
  await finer.decode().then(
    () => {
      image.src = url;
    },
    () => {},
  );
}

/** A cheap blur: the picture scaled down to a few pixels, smoothed by repeated doubling, and stretched by the page. */
function groundOf(image: HTMLImageElement): { canvas: HTMLCanvasElement; isCutOut: boolean } {
  let canvas = scaled(image, TINT_SAMPLES);
  const isCutOut = hasHoles(canvas);
  for (let size = TINT_SAMPLES * 2; size <= GROUND_PIXELS; size *= 2) canvas = scaled(canvas, size);
  canvas.className = "picture-ground";
  return { canvas, isCutOut };
}

/** @param part The left edge, the top and the side of what is taken of it; by default all. */
function scaled(
  source: CanvasImageSource,
  size: number,
  part?: readonly [number, number, number],
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context) {
    context.imageSmoothingQuality = "high";
    if (part) context.drawImage(source, part[0], part[1], part[2], part[2], 0, 0, size, size);
    else context.drawImage(source, 0, 0, size, size);
  }
  return canvas;
}

/** The middle of a picture as a small square. */
export function portraitOf(
  source: HTMLImageElement | HTMLCanvasElement,
  give: (portrait: Blob | null) => void,
): void {
  const isImage = source instanceof HTMLImageElement;
  const [width, height] = isImage
    ? [source.naturalWidth, source.naturalHeight]
    : [source.width, source.height];
  const side = Math.min(width, height);
  const canvas = scaled(source, PORTRAIT_SIDE, [(width - side) / 2, (height - side) / 2, side]);
  try {
    canvas.toBlob(give, "image/jpeg", 0.85);
  } catch {
    // The pixels of another origin's picture cannot be read.
    give(null);
  }
}

function hasHoles(canvas: HTMLCanvasElement): boolean {
  try {
    const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return pixels.some((value, i) => i % 4 === 3 && value < OPAQUE);
  } catch {
    // The pixels of another origin's picture cannot be read.
    return true;
  }
}
