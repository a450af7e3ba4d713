import type { BredNumbers } from "./bred.js";
import { expandGenome, type GenomeNetwork, parseGenome } from "./genome";
import { type ArtProgram, programBeside, programOf } from "./program.js";
import { fragmentShader } from "./shader";

/** How the music moves a picture. `time` is in seconds, the others are in [0, 1]. With all zeros the picture is at rest. */
export interface ArtMotion {
  time: number;
  loudness: number;
  onset: number;
  brightness: number;
  hue: number;
}

/** No motion: the same picture as the server's. */
export const atRest: ArtMotion = { time: 0, loudness: 0, onset: 0, brightness: 0, hue: 0 };

/** A genome's text, and its opacity over the previous layers, in [0, 1]. */
export interface ArtLayer {
  genome: string;
  opacity: number;
}

/** Draws generated art on a canvas. */
export interface ArtRenderer {
  /** Loads and compiles what the genome's picture needs. Resolves to whether it can be drawn; false for a genome that this page does not know. */
  prepare(genome: string): Promise<boolean>;
  /** Draws the layers over black, first to last; false while the context is lost, or if a genome of version 2 is not prepared. Throws a SyntaxError if a genome is malformed. */
  draw(layers: readonly ArtLayer[], motion: ArtMotion): boolean;
  /**
   * The same layers as a coarse picture, which nobody sees: RGBA, four bytes a pixel, of the canvas' shape. Null while the context is lost. It waits for the graphics
   * processor, and costs about a hundredth of a drawing of the screen.
   */
  look(layers: readonly ArtLayer[], motion: ArtMotion): Uint8Array | null;
  /** Sets the size of the drawing in pixels, which the browser scales to the screen. The canvas is empty until the next `draw`. */
  resize(width: number, height: number): void;
  /** The pixels of the last `draw` in this task: RGBA, four bytes a pixel, rows from the top. */
  readPixels(): Uint8Array;
  /** Frees the program; the renderer must not be used afterwards. */
  dispose(): void;
}

const motions = ["time", "loudness", "onset", "brightness", "hue"] as const;

/** Pixels of a coarse picture's longer side. */
const COARSE_SIDE = 24;

/** Number of genomes whose numbers are cached: computing them takes about a millisecond. */
const numbersKept = 8;

/** Number of cached programs of structures. */
const programsKept = 8;

type Bred = typeof import("./bred.js");

/** The part for genomes of version 2, loaded with the first of them. */
let bred: Bred | undefined;

/** What a genome's picture is drawn from. `structure` is null in version 1. */
interface ArtNumbers {
  readonly structure: string | null;
  readonly numbers: GenomeNetwork | BredNumbers;
}

function numbersOf(text: string): ArtNumbers | null {
  if (!text.startsWith("2-")) return { structure: null, numbers: expandGenome(parseGenome(text)) };
  if (!bred) return null;
  const genome = bred.parseBred(text);
  return { structure: genome.structure, numbers: bred.expandBred(genome) };
}

/** Creates a renderer for the canvas; null if WebGL2 is not available. */
export function createArtRenderer(canvas: HTMLCanvasElement): ArtRenderer | null {
  const gl = canvas.getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    stencil: false,
    powerPreference: "low-power",
  });
  if (gl === null) {
    return null;
  }

  const program = programOf(gl, fragmentShader);
  return program === null && !gl.isContextLost() ? null : new CanvasRenderer(canvas, gl, program);
}

/** One that holds a coarse picture. */
function createFramebuffer(gl: WebGL2RenderingContext): WebGLFramebuffer | null {
  const [framebuffer, texture] = [gl.createFramebuffer(), gl.createTexture()];
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, COARSE_SIDE, COARSE_SIDE);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  return framebuffer;
}

class CanvasRenderer implements ArtRenderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #program: ArtProgram | null;
  #coarse: WebGLFramebuffer | null = null;
  readonly #numbers = new Map<string, ArtNumbers>();
  /** What is compiled, or about to be, by structure. */
  readonly #structures = new Map<string, Promise<ArtProgram | null>>();
  /** The last used last. */
  readonly #compiled = new Map<string, ArtProgram>();

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, program: ArtProgram | null) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#program = program;
    canvas.addEventListener("webglcontextlost", this.#lost);
    canvas.addEventListener("webglcontextrestored", this.#restored);
  }

  async prepare(text: string): Promise<boolean> {
    try {
      if (text.startsWith("2-")) bred ??= await import("./bred.js");
      const structure = this.#numbersOf(text)?.structure;
      return structure ? await this.#compile(structure) : true;
    } catch (error) {
      console.warn("[Art] this page can't draw a genome:", error);
      return false;
    }
  }

  draw(layers: readonly ArtLayer[], motion: ArtMotion): boolean {
    return this.#drawTo(null, [this.#canvas.width, this.#canvas.height], layers, motion);
  }

  look(layers: readonly ArtLayer[], motion: ArtMotion): Uint8Array | null {
    const gl = this.#gl;
    const { width, height } = this.#canvas;
    const coarse = COARSE_SIDE / Math.max(width, height);
    const [columns, rows] = [Math.ceil(width * coarse), Math.ceil(height * coarse)];
    this.#coarse ??= createFramebuffer(gl);
    if (!this.#drawTo(this.#coarse, [columns, rows], layers, motion)) return null;
    const pixels = new Uint8Array(columns * rows * 4);
    gl.readPixels(0, 0, columns, rows, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return pixels;
  }

  /** Draws to the canvas if `target` is null. */
  #drawTo(
    target: WebGLFramebuffer | null,
    [width, height]: readonly [number, number],
    layers: readonly ArtLayer[],
    motion: ArtMotion,
  ): boolean {
    const gl = this.#gl;
    const drawn = layers.map(({ genome, opacity }) => ({ opacity, ...this.#drawnBy(genome) }));
    if (drawn.some(({ program }) => !program) || gl.isContextLost()) return false;

    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    const whole = layers.map((layer) => layer.opacity >= 1).lastIndexOf(true);
    for (const { opacity, numbers, program } of drawn.slice(Math.max(whole, 0))) {
      if (!program || !numbers || opacity <= 0) continue;
      const { at } = program;
      gl.useProgram(program.program);
      gl.uniform2f(at.size, width, height);
      for (const name of motions) gl.uniform1f(at[name], motion[name]);
      gl.uniform4fv(at.net, numbers.values);
      if ("family" in numbers) gl.uniform1i(at.family, numbers.family);
      else {
        gl.uniform1iv(at.choice, numbers.choices);
        gl.uniform1i(at.samples, numbers.samples);
      }
      gl.uniform1f(at.opacity, Math.min(opacity, 1));
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }

    return true;
  }

  resize(width: number, height: number): void {
    const [columns, rows] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
    // Setting the size clears the canvas, even if the size is the same.
    if (this.#canvas.width !== columns || this.#canvas.height !== rows) {
      this.#canvas.width = columns;
      this.#canvas.height = rows;
    }
  }

  readPixels(): Uint8Array {
    const gl = this.#gl;
    const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
    const upward = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upward);
    const downward = new Uint8Array(upward.length);
    const stride = width * 4;
    for (let row = 0; row < height; row++) {
      downward.set(upward.subarray((height - 1 - row) * stride, (height - row) * stride), row * stride);
    }

    return downward;
  }

  dispose(): void {
    this.#canvas.removeEventListener("webglcontextlost", this.#lost);
    this.#canvas.removeEventListener("webglcontextrestored", this.#restored);
    this.#gl.deleteProgram(this.#program?.program ?? null);
    this.#program = null;
    this.#forgetStructures();
    this.#numbers.clear();
  }

  readonly #lost = (event: Event): void => {
    // Without this the browser never restores the context.
    event.preventDefault();
    this.#program = null;
    this.#coarse = null;
    this.#forgetStructures();
  };

  readonly #restored = (): void => {
    this.#program = programOf(this.#gl, fragmentShader);
  };

  /** What draws a genome; without a program if it is not prepared. */
  #drawnBy(text: string): { numbers?: ArtNumbers["numbers"]; program?: ArtProgram | null | undefined } {
    const known = this.#numbersOf(text);
    if (!known) return {};
    const { structure, numbers } = known;
    if (structure === null) return { numbers, program: this.#program };
    const program = this.#compiled.get(structure);
    if (!program) return { numbers };
    this.#compiled.delete(structure);
    this.#compiled.set(structure, program);
    return { numbers, program };
  }

  #forgetStructures(): void {
    for (const { program } of this.#compiled.values()) this.#gl.deleteProgram(program);
    this.#compiled.clear();
    this.#structures.clear();
  }

  #begin(structure: string): Promise<ArtProgram | null> {
    const begun = (bred as Bred).shaderOf(structure).then((shader) => programBeside(this.#gl, shader));
    this.#structures.set(structure, begun);
    // What did not load is asked for again.
    begun.catch(() => this.#structures.delete(structure));
    return begun;
  }

  /** Whether the driver takes the shader of a structure. */
  async #compile(structure: string): Promise<boolean> {
    const begun = this.#structures.get(structure) ?? this.#begin(structure);
    const program = await begun;
    if (program && this.#structures.get(structure) === begun) this.#compiled.set(structure, program);
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= programsKept) break;
      this.#gl.deleteProgram(this.#compiled.get(oldest)?.program ?? null);
      this.#compiled.delete(oldest);
      this.#structures.delete(oldest);
    }
    return program !== null;
  }

  /** Throws a SyntaxError if the text is malformed; null while the part for its version is not loaded. */
  #numbersOf(text: string): ArtNumbers | null {
    const known = this.#numbers.get(text) ?? numbersOf(text);
    if (!known) return null;
    this.#numbers.delete(text);
    this.#numbers.set(text, known);
    for (const oldest of this.#numbers.keys()) {
      if (this.#numbers.size <= numbersKept) break;
      this.#numbers.delete(oldest);
    }
    return known;
  }
}
