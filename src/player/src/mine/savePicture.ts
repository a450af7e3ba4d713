import type { Artwork } from "artfresh";
import { atRest, createArtRenderer } from "../art/renderer.js";
import { titleOfArtwork } from "../screen/words.js";
import { withTexts } from "./png.js";
import { provenanceOf } from "./provenance.js";

/** Pixels across. */
export const SAVED_WIDTH = 2048;

/** Saves an artwork as a PNG file that says what made it. Resolves to what to tell the listener. */
export async function savePicture(artwork: Artwork): Promise<string> {
  try {
    const picture = (artwork.genome && (await drawn(artwork.genome))) || (await loaded(artwork));
    download(await withTexts(picture, provenanceOf(artwork)), fileNameOf(artwork));
    return "Saved as a picture.";
  } catch {
    return "This artwork can't be saved right now.";
  }
}

export function fileNameOf(artwork: Artwork): string {
  const words = titleOfArtwork(artwork)
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  return `${["artfresh", artwork.id > 0 ? artwork.id : "", words].filter(Boolean).join("-").toLowerCase()}.png`;
}

/** Hands a file to the browser's downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The artwork of a genome at rest, as the server draws it; null if this browser can't draw. */
async function drawn(genome: string): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  const renderer = createArtRenderer(canvas);
  if (!renderer) return null;
  try {
    if (!(await renderer.prepare(genome))) return null;
    renderer.resize(SAVED_WIDTH, SAVED_WIDTH);
    renderer.draw([{ genome, opacity: 1 }], atRest);
    if (canvas.getContext("webgl2")?.isContextLost()) return null;
    // In the task that has drawn: the browser clears the drawing after it.
    return await encoded(canvas);
  } finally {
    renderer.dispose();
    canvas.getContext("webgl2")?.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

/** The server's picture, at that width. */
async function loaded({ imageUrl, genome, id }: Artwork): Promise<Blob> {
  const answer = await fetch(genome === null ? imageUrl : `/art/${id}.png?width=${SAVED_WIDTH}`);
  if (!answer.ok) throw new Error(`The picture's answer was ${answer.status}.`);
  const picture = await createImageBitmap(await answer.blob());
  const canvas = document.createElement("canvas");
  canvas.width = SAVED_WIDTH;
  canvas.height = Math.max(1, Math.round((SAVED_WIDTH * picture.height) / picture.width));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no canvas.");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const file = await encoded(canvas);
  if (!file) throw new Error("This browser can't encode a picture.");
  return file;
}

const encoded = (canvas: HTMLCanvasElement): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
