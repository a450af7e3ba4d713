import { expandGenome, type GenomeNetwork, parseGenome } from "./genome";
import { fragmentShader, vertexShader } from "./shader";

/** What the music does to a picture: `time` in seconds drifts it, the others are in [0, 1]. All zeros are the picture at rest. */
export interface ArtMotion {
  time: number;
  loudness: number;
  onset: number;
  brightness: number;
  hue: number;
}

/** No motion: the same picture as the server's PNG. */
export const atRest: ArtMotion = { time: 0, loudness: 0, onset: 0, brightness: 0, hue: 0 };

/** A genome's text and how opaque it lies on the layers before it, in [0, 1]. */
export interface ArtLayer {
  genome: string;
  opacity: number;
}

/** Draws generated art on a canvas. */
export interface ArtRenderer {
  /** Lays the layers over black, first to last. Throws a SyntaxError when a text is no genome; does nothing while the context is lost. */
  draw(layers: readonly ArtLayer[], motion: ArtMotion): void;
  /** Sets the canvas's size in device pixels; very large ones are drawn smaller, for the browser to scale up. */
  resize(width: number, height: number): void;
  /** The pixels of the last `draw` of this task: rows from the top, four bytes a pixel. */
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

/** Pixels drawn at most; the art is smooth enough to be scaled up from there. */
const pixelsMax = 920_000;
const pixelsMin = 60_000;
/** Renderers without a graphics card, which start with the fewest pixels. */
const software = /swiftshader|llvmpipe|software|basic render/i;
/** Frames that take longer than this, on average, are more than the device can keep up with, in ms. */
const slowFrame = 22;
/** A gap this long between frames is a pause, not slowness, in ms. */
const pause = 4000;
/** The pace is judged after so many frames or so many ms, whichever comes first. */
const judgedFrames = 40;
const judgedTime = 1500;
const networksKept = 8;

/** A renderer for the canvas; null where there is no WebGL2. */
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

/** The program, or null when the driver refuses it. */
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

class CanvasRenderer implements ArtRenderer {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #program: ArtProgram | null;
  readonly #networks = new Map<string, GenomeNetwork>();
  #wanted: { width: number; height: number };
  #pixels: number;
  #lastFrame = 0;
  #lastTime = 0;
  #frames = 0;
  #elapsed = 0;

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, program: ArtProgram | null) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#program = program;
    this.#wanted = { width: canvas.width, height: canvas.height };
    const named = gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER;
    this.#pixels = software.test(String(gl.getParameter(named))) ? pixelsMin : pixelsMax;
    canvas.addEventListener("webglcontextlost", this.#lost);
    canvas.addEventListener("webglcontextrestored", this.#restored);
  }

  draw(layers: readonly ArtLayer[], motion: ArtMotion): void {
    const networks = layers.map((layer) => this.#networkOf(layer.genome));
    const gl = this.#gl;
    if (this.#program === null || gl.isContextLost()) {
      return;
    }

    this.#keepPace(motion.time);
    const { program, at } = this.#program;
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.clearColor(0, 0, 0, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(program);
    gl.uniform2f(at.size, this.#canvas.width, this.#canvas.height);
    gl.uniform1f(at.time, motion.time);
    gl.uniform1f(at.loudness, motion.loudness);
    gl.uniform1f(at.onset, motion.onset);
    gl.uniform1f(at.brightness, motion.brightness);
    gl.uniform1f(at.hue, motion.hue);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    const hidden = layers.findLastIndex((layer) => layer.opacity >= 1);
    for (let index = Math.max(hidden, 0); index < layers.length; index++) {
      const [layer, network] = [layers[index], networks[index]];
      if (layer === undefined || network === undefined || layer.opacity <= 0) {
        continue;
      }

      gl.uniform4fv(at.net, network.values);
      gl.uniform1i(at.family, network.family);
      gl.uniform1f(at.opacity, Math.min(layer.opacity, 1));
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  resize(width: number, height: number): void {
    this.#wanted = { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
    this.#fit();
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
    // Without this the browser never gives the context back.
    event.preventDefault();
    this.#program = null;
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

  #fit(): void {
    const { width, height } = this.#wanted;
    const scale = Math.min(1, Math.sqrt(this.#pixels / (width * height)));
    const [fitWidth, fitHeight] = [
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
    ];
    // Setting a size clears the canvas, even to the size that it has.
    if (this.#canvas.width !== fitWidth || this.#canvas.height !== fitHeight) {
      this.#canvas.width = fitWidth;
      this.#canvas.height = fitHeight;
    }
  }

  /** Draws fewer pixels from now on when an animation's frames come too slowly; a picture at rest is drawn at no pace at all. */
  #keepPace(time: number): void {
    const now = performance.now();
    const gap = now - this.#lastFrame;
    const moving = time !== this.#lastTime && this.#lastTime !== 0;
    this.#lastFrame = now;
    this.#lastTime = time;
    if (!moving || gap > pause) {
      return;
    }

    this.#frames++;
    this.#elapsed += gap;
    if (this.#frames < judgedFrames && this.#elapsed < judgedTime) {
      return;
    }

    const pace = this.#elapsed / this.#frames;
    if (pace > slowFrame && this.#pixels > pixelsMin) {
      this.#pixels = Math.max(pixelsMin, this.#pixels * Math.max(0.3, Math.min(0.8, slowFrame / pace)));
      this.#fit();
    }

    this.#frames = 0;
    this.#elapsed = 0;
  }
}
