import { at, GenomeNumbers, palettes } from "./numbers.js";
import table from "./recipes.json";

/** A family's ranges. A range has two numbers; or four, which are its ends at energy 0, then at energy 1. */
interface FamilyRecipe {
  mood: number[];
  zoom: number[];
  turn: number[];
  offset: number[];
  symmetry: number[];
  warp: { frequency: number[]; amplitude: number[] };
  shape: { name: string; range: number[]; whole?: boolean }[];
  sites: { count: number; layout: string; x: number[]; y: number[]; z: number[]; w: number[] };
  network: { tone: number[]; tint: number[]; chroma: number[]; glow: number[]; weight: number[] };
  colour: {
    gain: number[];
    shift: number[];
    tint: number[];
    glow: number[];
    shade: number[];
    relief: number[];
    vignette: number[];
  };
}

const families = table.families as Record<string, FamilyRecipe>;

/** The families in the order of the shader's numbers, which is the order of the recipes. */
export const familyNames: readonly string[] = Object.keys(families);

export const paletteNames: readonly string[] = Object.keys(palettes);

/** The moods (valence, energy) that families and palettes fit best, in the order of their names. */
export const recipeMoods: Record<"families" | "palettes", readonly number[][]> = {
  families: Object.values(families).map(({ mood }) => mood),
  palettes: Object.values(palettes).map(({ mood }) => mood),
};

/** The parameters of a generated picture. Valence and energy are in [0, 1], in whole thousandths. */
export interface Genome {
  readonly family: string;
  readonly seed: bigint;
  readonly palette: string;
  readonly valence: number;
  readonly energy: number;
}

/** A genome's network: the number of its family, and the rows of four floats that the shader takes. */
export interface GenomeNetwork {
  readonly family: number;
  readonly values: Float32Array;
}

/** Rows of four floats in a network. */
export const networkRows = 156;

const camera = 0;
const folds = 1;
const warp = 3;
const shape = 11;
const sitesRow = 14;
const periodic = 38;
const weights1 = 42;
const bias1 = 78;
const weights2 = 81;
const bias2 = 117;
const weights3 = 120;
const bias3 = 144;
const activations1 = 145;
const activations2 = 146;
const gains = 147;
const colourRow = 148;
const light = 149;
const stops = 150;
const accent = 155;

const goldenCosine = -0.7373688780783197;
const goldenSine = 0.6754902942615238;

const form = /^1-([a-z]+)-([0-9a-f]{16})-([a-z]+)-(0|[1-9]\d{0,3})-(0|[1-9]\d{0,3})$/;

/** Parses the text of a genome. Throws a SyntaxError if it is malformed. */
export function parseGenome(text: string): Genome {
  const [, family, seed, palette, valence, energy] = form.exec(text) ?? [];
  const known =
    family !== undefined &&
    palette !== undefined &&
    familyNames.includes(family) &&
    paletteNames.includes(palette);
  if (!known || Number(valence) > 1000 || Number(energy) > 1000) {
    throw new SyntaxError(`'${text.slice(0, 64)}' is not a genome`);
  }

  return {
    family,
    seed: BigInt(`0x${seed}`),
    palette,
    valence: Number(valence) / 1000,
    energy: Number(energy) / 1000,
  };
}

/** The network of a genome, bit for bit the one that the server computes. */
export function expandGenome(genome: Genome): GenomeNetwork {
  return { family: familyNames.indexOf(genome.family), values: new Expansion(genome).run() };
}

/** Computes a genome's network from its recipe, step for step as the server's GenomeExpansion. */
class Expansion extends GenomeNumbers {
  readonly #recipe: FamilyRecipe;

  constructor(genome: Genome) {
    super(genome, networkRows);
    this.#recipe = families[genome.family] as FamilyRecipe;
  }

  run(): Float32Array {
    this.#placeCamera();
    this.#placeFolds();
    const frequency = this.draw(this.#recipe.warp.frequency);
    this.placeWarp(warp, 4, frequency, this.draw(this.#recipe.warp.amplitude));
    this.#placeShape();
    this.#placeSites();
    this.#placePeriodic();
    const weight = this.draw(this.#recipe.network.weight);
    this.#placeLayer(weights1, 36, weight);
    this.#placeLayer(bias1, 3, 0.6);
    this.#placeLayer(weights2, 36, weight);
    this.#placeLayer(bias2, 3, 0.4);
    this.#placeLayer(weights3, 24, 0.8);
    this.#placeLayer(bias3, 1, 0.3);
    this.#placeActivations(activations1);
    this.#placeActivations(activations2);
    this.#placeColour();
    this.placePalette(stops, accent);
    return this.values;
  }

  #placeCamera(): void {
    const zoom = this.draw(this.#recipe.zoom);
    const [cosine, sine] = this.turn(this.draw(this.#recipe.turn));
    const x = this.draw(this.#recipe.offset);
    const y = this.draw(this.#recipe.offset);
    this.put(camera, zoom * cosine, zoom * sine, x, y);
  }

  #placeFolds(): void {
    const symmetry = this.#recipe.symmetry;
    const folded = this.random.unit() < this.lively(at(symmetry, 0), at(symmetry, 1));
    const kind = this.random.index(8);
    const second = folded && kind >= 5;
    const third = folded && kind === 7;
    const vignette = this.draw(this.#recipe.colour.vignette);
    const relief = this.draw(this.#recipe.colour.relief);
    this.put(folds, folded ? 1 : 0, 0, 0, second ? 1 : 0);
    this.put(folds + 1, third ? Math.SQRT1_2 : 0, third ? -Math.SQRT1_2 : 0, vignette, relief);
  }

  #placeShape(): void {
    this.#recipe.shape.forEach((recipe, index) => {
      const value = this.draw(recipe.range);
      this.values[shape * 4 + index] = recipe.whole ? Math.floor(value) : value;
    });
  }

  #placeSites(): void {
    const sites = this.#recipe.sites;
    let spiral = this.direction();
    for (let index = 0; index < sites.count; index++) {
      let x = this.draw(sites.x);
      let y = this.draw(sites.y);
      let z = this.draw(sites.z);
      let w = this.draw(sites.w);
      const jitterX = this.between(-1, 1);
      const jitterY = this.between(-1, 1);
      const first = at(sites.x, 0);
      const last = at(sites.x, 1);
      if (sites.layout === "spiral") {
        const [spiralX, spiralY] = spiral;
        spiral = [
          spiralX * goldenCosine - spiralY * goldenSine,
          spiralX * goldenSine + spiralY * goldenCosine,
        ];
        const radius = first * Math.sqrt((index + 0.5) / sites.count);
        [x, y] = [radius * spiral[0] + jitterX * y, radius * spiral[1] + jitterY * y];
      } else if (sites.layout === "lines") {
        const [normalX, normalY] = this.turn(jitterX);
        [x, y, z, w] = [jitterY < 0 ? -normalX : normalX, normalY, x, z];
      } else if (sites.layout === "ordered") {
        x = first + ((last - first) * index) / (sites.count - 1) + jitterX * 0.04;
      } else if (sites.layout === "rings") {
        const rest = 1 - index / (sites.count - 1);
        const [cosine, sine] = this.turn(y);
        const side = index % 2 === 0 ? 1 : -1;
        [x, y, z, w] = [last + (first - last) * rest * (0.6 + 0.4 * rest), side * cosine, side * sine, z + w];
      }

      this.put(sitesRow + index, x, y, z, w);
    }
  }

  #placePeriodic(): void {
    for (let index = 0; index < 4; index++) {
      const [x, y] = this.direction();
      const frequency = this.between(this.lively(0.25, 0.45), this.lively(0.7, 1.5));
      this.put(periodic + index, x * frequency, y * frequency, this.random.unit(), 0);
    }
  }

  #placeLayer(row: number, rows: number, scale: number): void {
    for (let index = row * 4; index < (row + rows) * 4; index++) {
      const first = this.random.unit();
      this.values[index] = (first + this.random.unit() - 1) * scale;
    }
  }

  #placeActivations(row: number): void {
    const first = this.random.index(4);
    const second = this.random.index(4);
    this.put(row, first, second, this.random.index(4), 0);
  }

  #placeColour(): void {
    const { network, colour } = this.#recipe;
    const tone = this.draw(network.tone);
    const tint = this.draw(network.tint);
    const chroma = this.draw(network.chroma);
    this.put(gains, tone, tint, chroma, this.draw(network.glow));
    const gain = this.draw(colour.gain) * this.lively(0.92, 1.15);
    const shift = this.draw(colour.shift) + (this.valence - 0.5) * 0.3;
    const turn = this.draw(colour.tint);
    this.put(colourRow, gain, shift, turn, this.draw(colour.glow));
    const [lightX, lightY] = this.turn(this.between(0.15, 0.85));
    const shade = this.draw(colour.shade);
    this.put(light, shade, this.random.index(2) === 0 ? lightX : -lightX, lightY, 0);
  }
}
