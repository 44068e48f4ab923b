import type { Camera, Object3D, Scene, WebGLRenderer } from "three";

const MILLISECONDS = 5;

/**
 * Compiles the shaders of an object of a scene beside the page. Drawing it, and asking anything of its shaders, would hold the page
 * up until the graphics process has come to them.
 */
export async function compileShaders(
  renderer: WebGLRenderer,
  object: Object3D,
  { scene, camera }: { readonly scene: Scene; readonly camera: Camera },
): Promise<void> {
  const before = programsOf(renderer);
  // Without the extension it waits for nothing, and complains.
  if (renderer.extensions.has("KHR_parallel_shader_compile")) await renderer.compileAsync(object, camera, scene);
  else renderer.compile(object, camera, scene);
  if (programsOf(renderer) > before) await commandsDone(renderer.getContext() as WebGL2RenderingContext);
}

function programsOf({ info }: WebGLRenderer): number {
  return info.programs?.length ?? 0;
}

/** Waits until the graphics process has done all that it was told until now. */
async function commandsDone(gl: WebGL2RenderingContext): Promise<void> {
  const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
  if (!fence) return;
  gl.flush();
  while (gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.UNSIGNALED)
    await new Promise((later) => setTimeout(later, MILLISECONDS));
  gl.deleteSync(fence);
}
