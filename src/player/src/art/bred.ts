import picture from "./bred/picture.glsl?raw";
import table from "./bred/recipes.json";
import solid from "./bred/solid.glsl?raw";
import { bredShader } from "./bredShader.js";
import { at, GenomeNumbers, palettes } from "./numbers.js";

/** A structure's ranges and traits, as the server's StructureRecipe. */
interface StructureRecipe {
  zoom?: number[];
  turn?: number;
  offset?: number;
  warp?: number[];
  shape?: number[][];
  relief?: number;
  gain?: number[];
  shift?: number[];
  glow?: number[];
  shade?: number;
  samples?: number;
}

const structures = table.structures as unknown as Record<string, StructureRecipe>;
const texts = import.meta.glob<string>("./bred/structures/*.glsl", {
  query: "?raw",
  import: "default",
});

/** Rows of four numbers. */
const ROWS = 21;
const SHAPE = 8;
const STOPS = 15;
const ACCENT = 20;

const form = /^2-([a-z]+)-([a-z]{4})-([0-9a-f]{16})-([a-z]+)-(0|[1-9]\d{0,3})-(0|[1-9]\d{0,3})$/;

/** A genome of version 2. Valence and energy are in [0, 1], in whole thousandths. */
export interface BredGenome {
  readonly structure: string;
  /** Indices of the recipes' words: symmetry, view, material, light. */
  readonly traits: readonly number[];
  readonly seed: bigint;
  readonly palette: string;
  readonly valence: number;
  readonly energy: number;
}

/** Parses the text of a genome of version 2. Throws a SyntaxError if it is malformed. */
export function parseBred(text: string): BredGenome {
  const [, structure = "", letters = "", seed, palette = "", valence, energy] = form.exec(text) ?? [];
  const traits = table.traits.map((words, trait) => words.findIndex(([letter]) => letter === letters[trait]));
  const isKnown =
    Object.keys(structures).includes(structure) &&
    !traits.includes(-1) &&
    Object.keys(palettes).includes(palette);
  if (!isKnown || Number(valence) > 1000 || Number(energy) > 1000)
    throw new SyntaxError(`'${text.slice(0, 64)}' is not a genome`);
  const mood = { valence: Number(valence) / 1000, energy: Number(energy) / 1000 };
  return { structure, traits, seed: BigInt(`0x${seed}`), palette, ...mood };
}

/** What the shader of a bred genome is given. */
export interface BredNumbers {
  readonly values: Float32Array;
  /** The traits, and the first of two looks: towards the light, for structures with relief. */
  readonly choices: Int32Array;
  /** In each pixel. */
  readonly samples: number;
}

/** The numbers of a genome, bit for bit those that the server computes. */
export function expandBred(genome: BredGenome): BredNumbers {
  const { relief = 0, samples = 1 } = structures[genome.structure] as StructureRecipe;
  const values = new Expansion(genome).run();
  return { values, choices: new Int32Array([...genome.traits, relief > 0 ? 0 : 1]), samples };
}

/** The fragment shader of a structure, whose text is loaded for it. */
export async function shaderOf(structure: string): Promise<string> {
  const text = (await texts[`./bred/structures/${structure}.glsl`]?.()) ?? "";
  const whole = `${text}\n${text.includes(" scene(") ? solid : ""}\nvoid look(`;
  return bredShader(picture.replace("void look(", whole));
}

/** Computes a genome's numbers from its recipe, step for step as the server's BredExpansion. */
class Expansion extends GenomeNumbers {
  readonly #recipe: StructureRecipe;

  constructor(genome: BredGenome) {
    super(genome, ROWS);
    this.#recipe = structures[genome.structure] as StructureRecipe;
  }

  run(): Float32Array {
    const { zoom, turn = 0, offset = 0, warp = [0.4, 0.8, 0, 0.06], relief = 0, shade = 0.5 } = this.#recipe;
    const scale = this.draw(zoom ?? [0.9, 1.2]);
    const [cosine, sine] = this.turn(this.between(-1, 1) * turn);
    const x = this.between(-offset, offset);
    this.put(0, scale * cosine, scale * sine, x, this.between(-offset, offset));
    const folds = 3 + this.random.index(6);
    const tile = this.between(0.28, 0.5);
    this.put(1, folds, tile, this.between(0.1, 0.6), relief);
    const frequency = this.between(at(warp, 0), at(warp, 1));
    this.placeWarp(2, 3, frequency, this.between(at(warp, 2), at(warp, 3)) * this.lively(0.7, 1.3));
    for (let index = 0; index < 12; index++)
      this.values[SHAPE * 4 + index] = this.draw(this.#recipe.shape?.[index] ?? [0, 1]);
    this.#placeColour();
    const [lightX, lightY] = this.turn(this.between(0.15, 0.85));
    const isRight = this.random.index(2) === 0;
    this.put(12, isRight ? lightX : -lightX, lightY, this.between(0.5, 1), shade);
    const [markX, markY] = this.turn(this.between(-1, 1));
    const grain = this.between(0.75, 1.35);
    this.put(13, grain, this.between(0.5, 1), markX, markY);
    const column = this.random.index(4096);
    const row = this.random.index(4096);
    const view = this.between(0, 1);
    const isDark = this.random.index(2) === 0;
    this.put(14, column, row, view, isDark ? this.between(0.02, 0.15) : this.between(0.85, 0.98));
    this.placePalette(STOPS, ACCENT);
    return this.values;
  }

  #placeColour(): void {
    const { gain = [0.9, 1.15], shift = [-0.15, 0.15], glow = [0.5, 0.95] } = this.#recipe;
    const contrast = this.draw(gain) * this.lively(0.92, 1.15);
    const brightness = this.draw(shift) + (this.valence - 0.5) * 0.3;
    const tint = this.between(0.4, 1.2);
    this.put(11, contrast, brightness, tint, this.draw(glow));
  }
}
