import { familyNames, paletteNames, recipeMoods } from "./genome.js";
import { SplitMix64 } from "./numbers.js";
import { atRest, createArtRenderer } from "./renderer.js";

/** A mood, each coordinate in [0, 1]. */
interface Mood {
  readonly valence: number;
  readonly energy: number;
}

/** The measured quality of a genome's picture. 0 or less is too flat, too noisy, too dark or too pale to show. */
export type Score = (genome: string) => number;

const tries = 10;
const wanted = 4;
const thumbnailSide = 32;

const cellsPerSide = 8;
const cellThousandths = 1000 / cellsPerSide;

/** Draws genomes of the next seeds until enough are good enough to show, and returns the best. Undefined if there are no seeds. */
export function drawGenome(nextSeed: () => bigint | undefined, score: Score): string | undefined {
  let best: { text: string; score: number } | undefined;
  for (let attempt = 0, accepted = 0; attempt < tries && accepted < wanted; attempt++) {
    const seed = nextSeed();
    if (seed === undefined) break;
    const text = grantedGenome(seed);
    const scored = score(text);
    if (scored > 0) accepted++;
    if (!best || scored > best.score) best = { text, score: scored };
  }
  return best?.text;
}

/**
 * The genome of a granted seed, as the server's GrantedGenomes derives it. The seed's last six bits select the mood's cell. The seed also determines the mood
 * within the cell, the family and the palette; those that fit the mood are more likely.
 */
export function grantedGenome(seed: bigint): string {
  const random = new SplitMix64(seed);
  const cell = Number(seed & 63n);
  const valence = (cell % cellsPerSide) * cellThousandths + random.index(cellThousandths);
  const energy = Math.floor(cell / cellsPerSide) * cellThousandths + random.index(cellThousandths);
  const mood = { valence: valence / 1000, energy: energy / 1000 };
  const family = lot(random, mood, familyNames, recipeMoods.families, 0.6);
  const palette = lot(random, mood, paletteNames, recipeMoods.palettes, 0.3);
  return `1-${family}-${seed.toString(16).padStart(16, "0")}-${palette}-${valence}-${energy}`;
}

function lot(
  random: SplitMix64,
  mood: Mood,
  names: readonly string[],
  homes: readonly (readonly number[])[],
  reach: number,
): string {
  const shares = homes.map(([x = 0, y = 0]) => {
    const squared = (x - mood.valence) ** 2 + (y - mood.energy) ** 2;
    return 1 + Math.trunc(1000 / (1 + (squared / (reach * reach)) ** 2));
  });
  let ticket = random.index(shares.reduce((sum, share) => sum + share, 0));
  const index = shares.findIndex((share) => {
    ticket -= share;
    return ticket < 0;
  });
  return names[index] as string;
}

/** Creates a function that scores genomes by a thumbnail; null if the page cannot draw. */
export function createScore(): Score | null {
  const canvas = document.createElement("canvas");
  const renderer = createArtRenderer(canvas);
  if (!renderer) return null;
  renderer.resize(thumbnailSide, thumbnailSide);
  return (genome) => {
    renderer.draw([{ genome, opacity: 1 }], atRest);
    return scorePicture(renderer.readPixels(), Number(genome.split("-").pop()) / 1000);
  };
}

/** The score of a square thumbnail (RGBA, four bytes a pixel, rows from the top) for an energy in [0, 1]. */
export function scorePicture(rgba: Uint8Array, energy: number): number {
  const side = Math.sqrt(rgba.length / 4);
  const luma = Float64Array.from({ length: side * side }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = rgba.subarray(pixel * 4, pixel * 4 + 3);
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  });
  const brightness = luma.reduce((sum, value) => sum + value, 0) / luma.length;
  const variance = luma.reduce((sum, value) => sum + (value - brightness) ** 2, 0) / luma.length;
  let steps = 0;
  for (const [pixel, value] of luma.entries()) {
    if (pixel % side > 0) steps += Math.abs(value - (luma[pixel - 1] as number));
    if (pixel >= side) steps += Math.abs(value - (luma[pixel - side] as number));
  }
  const detail = steps / (2 * side * (side - 1));
  const wantedDetail = 0.03 + 0.035 * energy;
  return (
    Math.min(
      (Math.sqrt(variance) - 0.1) * 4,
      (0.13 - detail) * 8,
      (brightness - 0.12) * 4,
      (0.8 - brightness) * 4,
    ) - Math.abs(Math.log(Math.max(detail, 1e-3) / wantedDetail) * 0.12)
  );
}
