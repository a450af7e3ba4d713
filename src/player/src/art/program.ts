import { vertexShader } from "./shader.js";

const uniformNames = [
  "net",
  "family",
  "choice",
  "samples",
  "size",
  "time",
  "loudness",
  "onset",
  "brightness",
  "hue",
  "opacity",
] as const;

/** A shader's program, and where its uniforms are. */
export interface ArtProgram {
  readonly program: WebGLProgram;
  readonly at: Record<(typeof uniformNames)[number], WebGLUniformLocation | null>;
}

/** Milliseconds between two looks at whether the driver has compiled a program beside the page. */
const COMPILING_DELAY = 20;

/** The program of a fragment shader; null if the driver refuses it. */
export const programOf = (gl: WebGL2RenderingContext, fragment: string): ArtProgram | null =>
  begun(gl, fragment).finish();

/** Has the driver compile a shader; `finish` waits for it. */
function begun(gl: WebGL2RenderingContext, fragment: string) {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) {
      return { program: null, finish: () => null };
    }

    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }

  gl.linkProgram(program);
  const finish = (): ArtProgram | null => {
    if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true) {
      if (!gl.isContextLost()) {
        console.error("[Art] the driver refused the shader:", gl.getProgramInfoLog(program));
      }

      gl.deleteProgram(program);
      return null;
    }

    const at = Object.fromEntries(uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]));
    return { program, at: at as ArtProgram["at"] };
  };
  return { program, finish };
}

/** As `programOf`, without holding the page up where the driver compiles beside it. */
export async function programBeside(
  gl: WebGL2RenderingContext,
  fragment: string,
): Promise<ArtProgram | null> {
  const beside = gl.getExtension("KHR_parallel_shader_compile");
  const { program, finish } = begun(gl, fragment);
  while (
    beside &&
    program &&
    !gl.isContextLost() &&
    !gl.getProgramParameter(program, beside.COMPLETION_STATUS_KHR)
  )
    await new Promise((resolve) => setTimeout(resolve, COMPILING_DELAY));
  return finish();
}
