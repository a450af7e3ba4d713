import { expandGenome, type GenomeNetwork, parseGenome } from "./genome";
import { fragmentShader, vertexShader } from "./shader";

/** How the music moves a picture. `time` is in seconds, the others are in [0, 1]. With all zeros the picture is at rest. */
export interface ArtMotion {
  time: number;
  loudness: number;
  onset: number;
  brightness: number;
  hue: number;
}

/** No motion: the same picture as the server's PNG. */
export const atRest: ArtMotion = { time: 0, loudness: 0, onset: 0, brightness: 0, hue: 0 };

/** A genome's text, and its opacity over the previous layers, in [0, 1]. */
export interface ArtLayer {
  genome: string;
  opacity: number;
}

/** Draws generated art on a canvas. */
export interface ArtRenderer {
  /** Draws the layers over black, first to last; false while the context is lost. Throws a SyntaxError if a genome is malformed. */
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

const uniformNames = [
  "net",
  "family",
  "size",
  "time",
  "loudness",
  "onset",
  "brightness",
  "hue",
  "opacity",
] as const;

interface ArtProgram {
  readonly program: WebGLProgram;
  readonly at: Record<(typeof uniformNames)[number], WebGLUniformLocation | null>;
}

/** Pixels of a coarse picture's longer side. */
const COARSE_SIDE = 24;

/** Number of cached networks: computing one takes about a millisecond. */
const networksKept = 8;

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

  const program = buildProgram(gl);
  return program === null && !gl.isContextLost() ? null : new CanvasRenderer(canvas, gl, program);
}

/** The shader program; null if the driver refuses it. */
function buildProgram(gl: WebGL2RenderingContext): ArtProgram | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) {
      return null;
    }

    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }

  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
    if (!gl.isContextLost()) {
      console.error("[Art] the driver refused the shader:", gl.getProgramInfoLog(program));
    }

    gl.deleteProgram(program);
    return null;
  }

  const at = Object.fromEntries(uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]));
  return { program, at: at as ArtProgram["at"] };
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
  readonly #networks = new Map<string, GenomeNetwork>();

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, program: ArtProgram | null) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#program = program;
    canvas.addEventListener("webglcontextlost", this.#lost);
    canvas.addEventListener("webglcontextrestored", this.#restored);
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
    const networks = layers.map((layer) => this.#networkOf(layer.genome));
    const gl = this.#gl;
    if (this.#program === null || gl.isContextLost()) {
      return false;
    }

    const { program, at } = this.#program;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(program);
    gl.uniform2f(at.size, width, height);
    gl.uniform1f(at.time, motion.time);
    gl.uniform1f(at.loudness, motion.loudness);
    gl.uniform1f(at.onset, motion.onset);
    gl.uniform1f(at.brightness, motion.brightness);
    gl.uniform1f(at.hue, motion.hue);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    const whole = layers.map((layer) => layer.opacity >= 1).lastIndexOf(true);
    for (let index = Math.max(whole, 0); index < layers.length; index++) {
      const [layer, network] = [layers[index], networks[index]];
      if (layer === undefined || network === undefined || layer.opacity <= 0) {
        continue;
      }

      gl.uniform4fv(at.net, network.values);
      gl.uniform1i(at.family, network.family);
      gl.uniform1f(at.opacity, Math.min(layer.opacity, 1));
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
    this.#networks.clear();
  }

  readonly #lost = (event: Event): void => {
    // Without this the browser never restores the context.
    event.preventDefault();
    this.#program = null;
    this.#coarse = null;
  };

  readonly #restored = (): void => {
    this.#program = buildProgram(this.#gl);
  };

  #networkOf(text: string): GenomeNetwork {
    const kept = this.#networks.get(text);
    const network = kept ?? expandGenome(parseGenome(text));
    this.#networks.delete(text);
    this.#networks.set(text, network);
    for (const oldest of this.#networks.keys()) {
      if (this.#networks.size <= networksKept) {
        break;
      }

      this.#networks.delete(oldest);
    }

    return network;
  }
}
