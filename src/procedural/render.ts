import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { rasterize, type VisibilityBuffer } from "./rasterize.ts";
import { FRAME, type SceneModel } from "./scene-model.ts";
import type { Shader, SightLine } from "./shade.ts";

/** A rendering in linear light: no exposure, noise or gamma yet. */
export interface RenderedView {
  /** `[height, width, 3]`, linear RGB. */
  readonly radiance: Float32Array;
  /** `[height, width]`, depth along the optical axis at the pixel's center in meters; 0 for sky. */
  readonly depth: Float32Array;
}

/**
 * Renders one view. Depth is that of the pixel's center, never a mean; color is the mean of 2 × 2 samples wherever
 * these see different surfaces, and one sample elsewhere, where the mip pyramid has averaged already.
 */
export function renderView(scene: SceneModel, shader: Shader, camera: PosedCamera): RenderedView {
  const { width, height, intrinsics, worldFromCam: m } = camera;
  const centers = rasterize(scene, camera);
  const quarters = rasterize(scene, quarterCamera(camera));
  const radiance = new Float32Array(3 * width * height);
  const depth = new Float32Array(width * height);
  const sight: SightLine = Float64Array.from([m[3]!, m[7]!, m[11]!, 0, 0, 0, 0]);
  const footprint = 1 / intrinsics.fx;

  const sample = (seen: VisibilityBuffer, index: number, u: number, v: number, at: number, weight: number): void => {
    const x = (u - intrinsics.cx) / intrinsics.fx;
    const y = (v - intrinsics.cy) / intrinsics.fy;
    sight[3] = m[0]! * x + m[1]! * y + m[2]!;
    sight[4] = m[4]! * x + m[5]! * y + m[6]!;
    sight[5] = m[8]! * x + m[9]! * y + m[10]!;
    sight[6] = 1 / seen.inverseDepth[index]!;
    shader(seen.triangle[index]!, sight, footprint, radiance, at, weight);
  };

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (centers.triangle[at]! >= 0) depth[at] = 1 / centers.inverseDepth[at]!;
      const corner = 4 * y * width + 2 * x;
      if (isSmooth(scene, centers.triangle[at]!, quarters.triangle, corner, 2 * width)) {
        sample(centers, at, x, y, 3 * at, 1);
        continue;
      }
      for (let q = 0; q < 4; q++) {
        const [right, below] = [q & 1, q >> 1];
        const index = corner + below * 2 * width + right;
        sample(quarters, index, x + 0.5 * right - 0.25, y + 0.5 * below - 0.25, 3 * at, 0.25);
      }
    }
  }
  return { radiance, depth };
}

/** The same camera with twice the pixels: samples a quarter of a pixel around each center. */
function quarterCamera({ width, height, intrinsics, worldFromCam }: PosedCamera): PosedCamera {
  const { fx, fy, cx, cy } = intrinsics;
  return {
    width: 2 * width,
    height: 2 * height,
    intrinsics: { fx: 2 * fx, fy: 2 * fy, cx: 2 * cx + 0.5, cy: 2 * cy + 0.5 },
    worldFromCam,
  };
}

/** True when a pixel's center and its four quarters lie on one smooth surface. */
function isSmooth(scene: SceneModel, triangle: number, quarters: Int32Array, corner: number, row: number): boolean {
  for (let q = 0; q < 4; q++) {
    const other = quarters[corner + (q >> 1) * row + (q & 1)]!;
    if (other === triangle) continue;
    if (other < 0 || triangle < 0 || scene.object[other] !== scene.object[triangle]) return false;
    const { frames } = scene;
    const [a, b] = [FRAME * triangle, FRAME * other];
    if (frames[a]! * frames[b]! + frames[a + 1]! * frames[b + 1]! + frames[a + 2]! * frames[b + 2]! < 0.9) return false;
  }
  return true;
}
