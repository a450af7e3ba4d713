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

interface PaletteRecipe {
  mood: number[];
  stops: string[];
  accent: string;
}

const families = table.families as Record<string, FamilyRecipe>;
const palettes = table.palettes as Record<string, PaletteRecipe>;

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

/** The generator SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
export class SplitMix64 {
  #state: bigint;

  constructor(seed: bigint) {
    this.#state = seed;
  }

  /** The upper 24 of the next 64 random bits. */
  #next24(): number {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let z = this.#state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) >> 40n);
  }

  unit(): number {
    return this.#next24() / 16777216;
  }

  index(count: number): number {
    return Math.floor((this.#next24() * count) / 16777216);
  }
}

const at = (range: number[], index: number): number => range[index] ?? 0;

/** Computes a genome's network from its recipe, step for step as the server's GenomeExpansion. */
class Expansion {
  readonly #recipe: FamilyRecipe;
  readonly #palette: PaletteRecipe;
  readonly #valence: number;
  readonly #energy: number;
  readonly #values: Float32Array = new Float32Array(networkRows * 4);
  readonly #random: SplitMix64;

  constructor(genome: Genome) {
    const recipe = families[genome.family];
    const palette = palettes[genome.palette];
    if (recipe === undefined || palette === undefined) {
      throw new RangeError(`no such family or palette: ${genome.family}, ${genome.palette}`);
    }

    this.#recipe = recipe;
    this.#palette = palette;
    this.#valence = genome.valence;
    this.#energy = genome.energy;
    this.#random = new SplitMix64(genome.seed);
  }

  run(): Float32Array {
    this.#placeCamera();
    this.#placeFolds();
    this.#placeWarp();
    this.#placeShape();
    this.#placeSites();
    this.#placePeriodic();
    const weight = this.#draw(this.#recipe.network.weight);
    this.#placeLayer(weights1, 36, weight);
    this.#placeLayer(bias1, 3, 0.6);
    this.#placeLayer(weights2, 36, weight);
    this.#placeLayer(bias2, 3, 0.4);
    this.#placeLayer(weights3, 24, 0.8);
    this.#placeLayer(bias3, 1, 0.3);
    this.#placeActivations(activations1);
    this.#placeActivations(activations2);
    this.#placeColour();
    this.#placePalette();
    return this.#values;
  }

  #put(row: number, x: number, y: number, z: number, w: number): void {
    this.#values.set([x, y, z, w], row * 4);
  }

  #between(low: number, high: number): number {
    return low + (high - low) * this.#random.unit();
  }

  #draw(range: number[]): number {
    const unit = this.#random.unit();
    const four = range.length === 4;
    const low = four ? this.#lively(at(range, 0), at(range, 2)) : at(range, 0);
    const high = four ? this.#lively(at(range, 1), at(range, 3)) : at(range, 1);
    return low + (high - low) * unit;
  }

  #lively(calm: number, lively: number): number {
    return calm + (lively - calm) * this.#energy;
  }

  #turn(t: number): [cosine: number, sine: number] {
    const scale = 1 / (1 + t * t);
    return [(1 - t * t) * scale, 2 * t * scale];
  }

  #direction(): [x: number, y: number] {
    const [cosine, sine] = this.#turn(this.#between(-1, 1));
    return this.#random.index(2) === 0 ? [cosine, sine] : [-cosine, sine];
  }

  #placeCamera(): void {
    const zoom = this.#draw(this.#recipe.zoom);
    const [cosine, sine] = this.#turn(this.#draw(this.#recipe.turn));
    const x = this.#draw(this.#recipe.offset);
    const y = this.#draw(this.#recipe.offset);
    this.#put(camera, zoom * cosine, zoom * sine, x, y);
  }

  #placeFolds(): void {
    const symmetry = this.#recipe.symmetry;
    const folded = this.#random.unit() < this.#lively(at(symmetry, 0), at(symmetry, 1));
    const kind = this.#random.index(8);
    const second = folded && kind >= 5;
    const third = folded && kind === 7;
    const vignette = this.#draw(this.#recipe.colour.vignette);
    const relief = this.#draw(this.#recipe.colour.relief);
    this.#put(folds, folded ? 1 : 0, 0, 0, second ? 1 : 0);
    this.#put(folds + 1, third ? Math.SQRT1_2 : 0, third ? -Math.SQRT1_2 : 0, vignette, relief);
  }

  #placeWarp(): void {
    let frequency = this.#draw(this.#recipe.warp.frequency);
    let amplitude = this.#draw(this.#recipe.warp.amplitude);
    for (let row = warp; row < shape; row += 2) {
      const [firstX, firstY] = this.#direction();
      const [secondX, secondY] = this.#direction();
      this.#put(row, firstX * frequency, firstY * frequency, secondX * frequency, secondY * frequency);
      const first = this.#random.unit();
      const second = this.#random.unit();
      this.#put(row + 1, first, second, amplitude, 0);
      frequency *= 1.7;
      amplitude *= 0.62;
    }
  }

  #placeShape(): void {
    this.#recipe.shape.forEach((recipe, index) => {
      const value = this.#draw(recipe.range);
      this.#values[shape * 4 + index] = recipe.whole ? Math.floor(value) : value;
    });
  }

  #placeSites(): void {
    const sites = this.#recipe.sites;
    let spiral = this.#direction();
    for (let index = 0; index < sites.count; index++) {
      let x = this.#draw(sites.x);
      let y = this.#draw(sites.y);
      let z = this.#draw(sites.z);
      let w = this.#draw(sites.w);
      const jitterX = this.#between(-1, 1);
      const jitterY = this.#between(-1, 1);
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
        const [normalX, normalY] = this.#turn(jitterX);
        [x, y, z, w] = [jitterY < 0 ? -normalX : normalX, normalY, x, z];
      } else if (sites.layout === "ordered") {
        x = first + ((last - first) * index) / (sites.count - 1) + jitterX * 0.04;
      } else if (sites.layout === "rings") {
        const rest = 1 - index / (sites.count - 1);
        const [cosine, sine] = this.#turn(y);
        const side = index % 2 === 0 ? 1 : -1;
        [x, y, z, w] = [last + (first - last) * rest * (0.6 + 0.4 * rest), side * cosine, side * sine, z + w];
      }

      this.#put(sitesRow + index, x, y, z, w);
    }
  }

  #placePeriodic(): void {
    for (let index = 0; index < 4; index++) {
      const [x, y] = this.#direction();
      const frequency = this.#between(this.#lively(0.25, 0.45), this.#lively(0.7, 1.5));
      this.#put(periodic + index, x * frequency, y * frequency, this.#random.unit(), 0);
    }
  }

  #placeLayer(row: number, rows: number, scale: number): void {
    for (let index = row * 4; index < (row + rows) * 4; index++) {
      const first = this.#random.unit();
      this.#values[index] = (first + this.#random.unit() - 1) * scale;
    }
  }

  #placeActivations(row: number): void {
    const first = this.#random.index(4);
    const second = this.#random.index(4);
    this.#put(row, first, second, this.#random.index(4), 0);
  }

  #placeColour(): void {
    const { network, colour } = this.#recipe;
    const tone = this.#draw(network.tone);
    const tint = this.#draw(network.tint);
    const chroma = this.#draw(network.chroma);
    this.#put(gains, tone, tint, chroma, this.#draw(network.glow));
    const gain = this.#draw(colour.gain) * this.#lively(0.92, 1.15);
    const shift = this.#draw(colour.shift) + (this.#valence - 0.5) * 0.3;
    const turn = this.#draw(colour.tint);
    this.#put(colourRow, gain, shift, turn, this.#draw(colour.glow));
    const [lightX, lightY] = this.#turn(this.#between(0.15, 0.85));
    const shade = this.#draw(colour.shade);
    this.#put(light, shade, this.#random.index(2) === 0 ? lightX : -lightX, lightY, 0);
  }

  #placePalette(): void {
    this.#palette.stops.forEach((stop, index) => {
      this.#putColour(stops + index, stop);
    });
    this.#putColour(accent, this.#palette.accent);
  }

  #putColour(row: number, hex: string): void {
    const [lightness, a, b] = oklabOf(hex);
    const chroma = (0.88 + this.#valence * 0.2) * this.#lively(0.94, 1.1);
    const warmth = this.#valence - 0.5;
    this.#put(row, lightness + warmth * 0.05, a * chroma + warmth * 0.012, b * chroma + warmth * 0.03, 0);
  }
}

/** Oklab (Björn Ottosson, 2020) of `#rrggbb`, rounded to 1/4096, so that cube roots of different languages give the same result. */
function oklabOf(hex: string): [lightness: number, a: number, b: number] {
  const channel = (from: number): number => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const rounded = (value: number): number => Math.floor(value * 4096 + 0.5) / 4096;
  const [red, green, blue] = [channel(1), channel(3), channel(5)];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    rounded(0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s),
    rounded(1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s),
    rounded(0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s),
  ];
}
