const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * Whether this page should draw the art itself. Without a graphics processor, WebGL2 at 60 frames a second would take the whole computer, so the
 * page then shows the server's pictures. `?draw=here` and `?draw=pictures` override this.
 */
export function drawsQuickly(): boolean {
  const choice = new URLSearchParams(location.search).get("draw");
  if (choice !== null) return choice === "here";
  const probe = document.createElement("canvas").getContext("webgl2");
  if (probe === null) return false;
  const named = probe.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(probe.getParameter(named ? named.UNMASKED_RENDERER_WEBGL : probe.RENDERER));
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  return !SOFTWARE.test(renderer);
}
