import table from "./recipes.json";

interface PaletteRecipe {
  mood: number[];
  stops: string[];
  accent: string;
}

/** The palettes by name. */
export const palettes = table.palettes as Record<string, PaletteRecipe>;

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

export const at = (range: readonly number[], index: number): number => range[index] ?? 0;

/** Draws the numbers of a genome from its seed, step for step as the server's expansions. */
export class GenomeNumbers {
  readonly #palette: PaletteRecipe;
  protected readonly valence: number;
  protected readonly energy: number;
  protected readonly values: Float32Array;
  protected readonly random: SplitMix64;

  /** @param rows Of four numbers. */
  constructor(genome: { seed: bigint; palette: string; valence: number; energy: number }, rows: number) {
    this.#palette = palettes[genome.palette] as PaletteRecipe;
    this.valence = genome.valence;
    this.energy = genome.energy;
    this.values = new Float32Array(rows * 4);
    this.random = new SplitMix64(genome.seed);
  }

  protected put(row: number, x: number, y: number, z: number, w: number): void {
    this.values.set([x, y, z, w], row * 4);
  }

  protected between(low: number, high: number): number {
    return low + (high - low) * this.random.unit();
  }

  protected draw(range: number[]): number {
    const unit = this.random.unit();
    const four = range.length === 4;
    const low = four ? this.lively(at(range, 0), at(range, 2)) : at(range, 0);
    const high = four ? this.lively(at(range, 1), at(range, 3)) : at(range, 1);
    return low + (high - low) * unit;
  }

  protected lively(calm: number, lively: number): number {
    return calm + (lively - calm) * this.energy;
  }

  protected turn(t: number): [cosine: number, sine: number] {
    const scale = 1 / (1 + t * t);
    return [(1 - t * t) * scale, 2 * t * scale];
  }

  protected direction(): [x: number, y: number] {
    const [cosine, sine] = this.turn(this.between(-1, 1));
    return this.random.index(2) === 0 ? [cosine, sine] : [-cosine, sine];
  }

  /** How space is bent, in steps of two rows. */
  protected placeWarp(first: number, steps: number, frequency: number, amplitude: number): void {
    for (let row = first; row < first + 2 * steps; row += 2) {
      const [firstX, firstY] = this.direction();
      const [secondX, secondY] = this.direction();
      this.put(row, firstX * frequency, firstY * frequency, secondX * frequency, secondY * frequency);
      const phase = this.random.unit();
      this.put(row + 1, phase, this.random.unit(), amplitude, 0);
      frequency *= 1.7;
      amplitude *= 0.62;
    }
  }

  protected placePalette(stops: number, accent: number): void {
    this.#palette.stops.forEach((stop, index) => {
      this.#putColour(stops + index, stop);
    });
    this.#putColour(accent, this.#palette.accent);
  }

  #putColour(row: number, hex: string): void {
    const [lightness, a, b] = oklabOf(hex);
    const chroma = (0.88 + this.valence * 0.2) * this.lively(0.94, 1.1);
    const warmth = this.valence - 0.5;
    this.put(row, lightness + warmth * 0.05, a * chroma + warmth * 0.012, b * chroma + warmth * 0.03, 0);
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
