import { oklabOf } from "./oklab.js";
import recipes from "./recipes.json";
import { SplitMix64 } from "./splitMix64.js";

/** Rows of four floats in a network, and where each part begins; the server's GenomeNetwork has the same table. */
export const NETWORK_ROWS = 156;
const AT = {
  camera: 0,
  folds: 1,
  warp: 3,
  shape: 11,
  sites: 14,
  periodic: 38,
  weights1: 42,
  bias1: 78,
  weights2: 81,
  bias2: 117,
  weights3: 120,
  bias3: 144,
  activations1: 145,
  activations2: 146,
  gains: 147,
  colour: 148,
  light: 149,
  stops: 150,
  accent: 155,
} as const;
const INPUTS = 12;
const HIDDEN = 12;
const SHAPES_MAX = 12;
const GOLDEN_COSINE = -0.7373688780783197;
const GOLDEN_SINE = 0.6754902942615238;
const HALF_ROOT = 0.7071067811865476;

/** What a genome expands to. */
export interface GenomeNetwork {
  /** Index of its family, in the order of the recipes. */
  readonly family: number;
  /** {@link NETWORK_ROWS} rows of four: the same numbers, to the last bit, as the server's. */
  readonly values: Float32Array;
}

type Range = readonly number[];

interface Recipe {
  readonly zoom: Range;
  readonly turn: Range;
  readonly offset: Range;
  readonly symmetry: Range;
  readonly warp: { readonly frequency: Range; readonly amplitude: Range };
  readonly shape: readonly { readonly range: Range; readonly whole?: boolean }[];
  readonly sites: {
    readonly count: number;
    readonly layout: string;
    readonly x: Range;
    readonly y: Range;
    readonly z: Range;
    readonly w: Range;
  };
  readonly network: Readonly<Record<"tone" | "tint" | "height" | "glow" | "weight", Range>>;
  readonly colour: Readonly<
    Record<"gain" | "shift" | "tint" | "glow" | "shade" | "relief" | "vignette", Range>
  >;
}

const families = recipes.families as unknown as Readonly<Record<string, Recipe>>;
const palettes = recipes.palettes as unknown as Readonly<
  Record<string, { readonly stops: readonly string[]; readonly accent: string }>
>;
const familyNames: readonly string[] = Object.keys(families);

/**
 * Expands the text form of a genome, such as `1-ripple-9f3a0c0000000000-dusk-710-330`.
 * @throws RangeError when the text is no genome that this release knows.
 */
export function expandGenome(text: string): GenomeNetwork {
  const match = /^1-([a-z]+)-([0-9a-f]{16})-([a-z]+)-(\d{1,4})-(\d{1,4})$/.exec(text);
  const recipe = match && families[match[1] ?? ""];
  const palette = match && palettes[match[3] ?? ""];
  if (!match || !recipe || !palette)
    throw new RangeError(`'${text.slice(0, 64)}' is no genome that this page can draw`);
  const expansion = new Expansion(
    recipe,
    BigInt(`0x${match[2]}`),
    Number(match[4]) / 1000,
    Number(match[5]) / 1000,
  );
  return { family: familyNames.indexOf(match[1] ?? ""), values: expansion.run(palette) };
}

/** Follows the server's GenomeExpansion step for step: the order of draws is part of the format. */
class Expansion {
  readonly #values = new Float32Array(NETWORK_ROWS * 4);
  readonly #random: SplitMix64;

  constructor(
    readonly recipe: Recipe,
    seed: bigint,
    readonly valence: number,
    readonly energy: number,
  ) {
    this.#random = new SplitMix64(seed);
  }

  run(palette: { readonly stops: readonly string[]; readonly accent: string }): Float32Array {
    this.#placeCamera();
    this.#placeFolds();
    this.#placeWarp();
    this.#placeShape();
    this.#placeSites();
    this.#placePeriodic();
    const weight = this.#draw(this.recipe.network.weight);
    this.#placeLayer(AT.weights1, INPUTS * 3, weight);
    this.#placeLayer(AT.bias1, 3, 0.6);
    this.#placeLayer(AT.weights2, HIDDEN * 3, weight);
    this.#placeLayer(AT.bias2, 3, 0.4);
    this.#placeLayer(AT.weights3, HIDDEN * 2, 0.8);
    this.#placeLayer(AT.bias3, 1, 0.3);
    this.#placeActivations(AT.activations1);
    this.#placeActivations(AT.activations2);
    this.#placeColour();
    palette.stops.forEach((stop, index) => this.#putColour(AT.stops + index, stop));
    this.#putColour(AT.accent, palette.accent);
    return this.#values;
  }

  #put(row: number, ...four: [number, number, number, number]): void {
    this.#values.set(four, row * 4);
  }

  #between(low: number, high: number): number {
    return low + (high - low) * this.#random.unit();
  }

  #draw(range: Range): number {
    const unit = this.#random.unit();
    const [a = 0, b = 0, c, d] = range;
    const low = c === undefined ? a : this.#lively(a, c);
    const high = d === undefined ? b : this.#lively(b, d);
    return low + (high - low) * unit;
  }

  #lively(calm: number, lively: number): number {
    return calm + (lively - calm) * this.energy;
  }

  #direction(): [number, number] {
    const [cosine, sine] = turn(this.#between(-1, 1));
    return this.#random.index(2) === 0 ? [cosine, sine] : [-cosine, sine];
  }

  #placeCamera(): void {
    const zoom = this.#draw(this.recipe.zoom);
    const [cosine, sine] = turn(this.#draw(this.recipe.turn));
    this.#put(
      AT.camera,
      zoom * cosine,
      zoom * sine,
      this.#draw(this.recipe.offset),
      this.#draw(this.recipe.offset),
    );
  }

  #placeFolds(): void {
    const [calm = 0, lively = 0] = this.recipe.symmetry;
    const folded = this.#random.unit() < this.#lively(calm, lively);
    const kind = this.#random.index(8);
    const second = folded && kind >= 5;
    const third = folded && kind === 7;
    this.#put(AT.folds, folded ? 1 : 0, 0, 0, second ? 1 : 0);
    const { vignette, relief } = this.recipe.colour;
    this.#put(
      AT.folds + 1,
      third ? HALF_ROOT : 0,
      third ? -HALF_ROOT : 0,
      this.#draw(vignette),
      this.#draw(relief),
    );
  }

  #placeWarp(): void {
    let frequency = this.#draw(this.recipe.warp.frequency);
    let amplitude = this.#draw(this.recipe.warp.amplitude);
    for (let step = 0; step < 4; step++) {
      const [firstX, firstY] = this.#direction();
      const [secondX, secondY] = this.#direction();
      const row = AT.warp + step * 2;
      this.#put(row, firstX * frequency, firstY * frequency, secondX * frequency, secondY * frequency);
      this.#put(row + 1, this.#random.unit(), this.#random.unit(), amplitude, 0);
      frequency *= 1.7;
      amplitude *= 0.62;
    }
  }

  #placeShape(): void {
    this.recipe.shape.slice(0, SHAPES_MAX).forEach(({ range, whole }, index) => {
      const value = this.#draw(range);
      this.#values[AT.shape * 4 + index] = whole ? Math.floor(value) : value;
    });
  }

  #placeSites(): void {
    const { sites } = this.recipe;
    const [nearX = 0, farX = 0] = sites.x;
    let spiral = this.#direction();
    for (let index = 0; index < sites.count; index++) {
      let [x, y] = [this.#draw(sites.x), this.#draw(sites.y)];
      let [z, w] = [this.#draw(sites.z), this.#draw(sites.w)];
      const [jitterX, jitterY] = [this.#between(-1, 1), this.#between(-1, 1)];
      if (sites.layout === "spiral") {
        spiral = [
          spiral[0] * GOLDEN_COSINE - spiral[1] * GOLDEN_SINE,
          spiral[0] * GOLDEN_SINE + spiral[1] * GOLDEN_COSINE,
        ];
        const radius = nearX * Math.sqrt((index + 0.5) / sites.count);
        [x, y] = [radius * spiral[0] + jitterX * y, radius * spiral[1] + jitterY * y];
      } else if (sites.layout === "lines") {
        const [normalX, normalY] = turn(jitterX);
        [x, y, z, w] = [jitterY < 0 ? -normalX : normalX, normalY, x, z];
      } else if (sites.layout === "ordered") {
        x = nearX + ((farX - nearX) * index) / (sites.count - 1) + jitterX * 0.04;
      } else if (sites.layout === "rings") {
        const rest = 1 - index / (sites.count - 1);
        const [cosine, sine] = turn(y);
        const side = index % 2 === 0 ? 1 : -1;
        [x, y, z, w] = [farX + (nearX - farX) * rest * (0.6 + 0.4 * rest), side * cosine, side * sine, z + w];
      }
      this.#put(AT.sites + index, x, y, z, w);
    }
  }

  #placePeriodic(): void {
    for (let index = 0; index < 4; index++) {
      const [x, y] = this.#direction();
      const frequency = this.#between(this.#lively(0.25, 0.45), this.#lively(0.7, 1.5));
      this.#put(AT.periodic + index, x * frequency, y * frequency, this.#random.unit(), 0);
    }
  }

  #placeLayer(row: number, rows: number, scale: number): void {
    for (let index = 0; index < rows * 4; index++) {
      this.#values[row * 4 + index] = (this.#random.unit() + this.#random.unit() - 1) * scale;
    }
  }

  #placeActivations(row: number): void {
    this.#put(row, this.#random.index(4), this.#random.index(4), this.#random.index(4), 0);
  }

  #placeColour(): void {
    const { network, colour } = this.recipe;
    this.#put(
      AT.gains,
      this.#draw(network.tone),
      this.#draw(network.tint),
      this.#draw(network.height),
      this.#draw(network.glow),
    );
    const contrast = this.#lively(0.92, 1.15);
    const brightness = (this.valence - 0.5) * 0.3;
    this.#put(
      AT.colour,
      this.#draw(colour.gain) * contrast,
      this.#draw(colour.shift) + brightness,
      this.#draw(colour.tint),
      this.#draw(colour.glow),
    );
    const [lightX, lightY] = turn(this.#between(0.15, 0.85));
    this.#put(AT.light, this.#draw(colour.shade), this.#random.index(2) === 0 ? lightX : -lightX, lightY, 0);
  }

  #putColour(row: number, hex: string): void {
    const [lightness, a, b] = oklabOf(hex);
    const chroma = (0.88 + this.valence * 0.2) * this.#lively(0.94, 1.1);
    const warmth = this.valence - 0.5;
    this.#put(row, lightness + warmth * 0.05, a * chroma + warmth * 0.012, b * chroma + warmth * 0.03, 0);
  }
}

/** A unit vector from the half-angle's tangent t: exact arithmetic where a sine would not be. */
function turn(t: number): [number, number] {
  const scale = 1 / (1 + t * t);
  return [(1 - t * t) * scale, 2 * t * scale];
}
