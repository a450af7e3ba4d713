import { expandGenome, type GenomeNetwork, NETWORK_ROWS } from "./genome.js";
import { FRAGMENT_SHADER, VERTEX_SHADER } from "./shader.js";

/** How the music moves a picture: all zeros is at rest. */
export interface ArtMotion {
  /** Seconds. */
  time: number;
  /** Each of the others in [0, 1]. */
  loudness: number;
  onset: number;
  brightness: number;
  hue: number;
}

/** The still picture, which is the server's. */
export const atRest: ArtMotion = { time: 0, loudness: 0, onset: 0, brightness: 0, hue: 0 };

/** A genome's picture with its share of the cross-fade. */
export interface ArtLayer {
  /** Text form of the genome, as the server sends it. */
  genome: string;
  opacity: number;
}

/** Draws genomes on a canvas. */
export interface ArtRenderer {
  /** Draws the layers over one another. A wide or tall canvas shows the middle of the square picture, scaled to cover. */
  draw(layers: readonly ArtLayer[], motion: ArtMotion): void;
  /** Sets the canvas's size in pixels. */
  resize(width: number, height: number): void;
  /** The last drawing as RGBA rows from the bottom; only right after {@link draw}. */
  readPixels(): Uint8Array;
  dispose(): void;
}

const NETWORKS_KEPT = 8;

/** A renderer for the canvas, or null where there is no WebGL2. One static program draws every genome; its network goes in as uniforms. */
export function createArtRenderer(canvas: HTMLCanvasElement): ArtRenderer | null {
  const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, premultipliedAlpha: true });
  if (!gl) return null;
  const program = link(gl);
  if (!program) return null;
  const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
  const [network, family, size, opacity, motionAt, hue] = [
    at("P"),
    at("family"),
    at("size"),
    at("opacity"),
    at("motion"),
    at("hue"),
  ];
  const vertices = gl.createVertexArray();
  const kept = new Map<string, GenomeNetwork>();

  const networkOf = (genome: string): GenomeNetwork => {
    let found = kept.get(genome);
    if (!found) {
      found = expandGenome(genome);
      kept.set(genome, found);
      if (kept.size > NETWORKS_KEPT) kept.delete(kept.keys().next().value ?? "");
    }
    return found;
  };

  return {
    draw(layers, motion) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.useProgram(program);
      gl.bindVertexArray(vertices);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
      gl.uniform2f(size, canvas.width, canvas.height);
      gl.uniform4f(motionAt, motion.time, motion.loudness, motion.onset, motion.brightness);
      gl.uniform1f(hue, motion.hue);
      for (const layer of layers) {
        const drawn = networkOf(layer.genome);
        gl.uniform4fv(network, drawn.values, 0, NETWORK_ROWS * 4);
        gl.uniform1i(family, drawn.family);
        gl.uniform1f(opacity, layer.opacity);
        gl.drawArrays(gl.TRIANGLES, 0, 3);
      }
    },
    resize(width, height) {
      canvas.width = Math.max(1, Math.round(width));
      canvas.height = Math.max(1, Math.round(height));
    },
    readPixels() {
      const pixels = new Uint8Array(canvas.width * canvas.height * 4);
      gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
      return pixels;
    },
    dispose() {
      gl.deleteVertexArray(vertices);
      gl.deleteProgram(program);
      kept.clear();
    },
  };
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX_SHADER],
    [gl.FRAGMENT_SHADER, FRAGMENT_SHADER],
  ] as const) {
    const shader = gl.createShader(type);
    if (!shader) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS)) return program;
  // A lost context links nothing, which is no fault of the shader's.
  if (!gl.isContextLost()) console.error(`The art shader does not link: ${gl.getProgramInfoLog(program)}`);
  return null;
}
