import type { FusedPoints } from "../core/dense-scene.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { unprojectDepth } from "../geometry/camera.ts";
import { transformPoints } from "../geometry/pose.ts";
import type { PointFilter } from "./point-filter.ts";
import { viewPixels } from "./view-pixels.ts";

/** Colored points of all registered photos. */
export interface ScenePoints {
  /** `[count, 3]`, in the world frame (OpenCV axes) and the scene's units. */
  readonly positions: Float32Array;
  /** `[count, 3]`, sRGB. */
  readonly colors: Uint8Array;
  /** `[count]`. */
  readonly confidences: Float32Array;
}

/** Fused points as points of a scene; their confidence is how many photos agree. */
export function pointsOfFused({ positions, colors, photos }: FusedPoints): ScenePoints {
  return { positions, colors, confidences: Float32Array.from(photos) };
}

/** One point for every network pixel that passes the filter, photo by photo and row by row. */
export function scenePoints(
  scene: Pick<Scene, "images">,
  views: readonly View[],
  filter: Pick<PointFilter, "minConfidence" | "kept">,
): ScenePoints {
  const positions = new Float32Array(3 * filter.kept);
  const colors = new Uint8Array(3 * filter.kept);
  const confidences = new Float32Array(filter.kept);
  let count = 0;
  for (const [index, image] of scene.images.entries()) {
    if (!image.registered) continue;
    const world = transformPoints(image.worldFromCam, unprojectDepth(image.depth, image, image.intrinsics));
    const { rgb } = viewPixels(views[index]!);
    for (let i = 0; i < image.depth.length; i++) {
      if (!(image.depth[i]! > 0 && image.confidence[i]! >= filter.minConfidence)) continue;
      positions.set(world.subarray(3 * i, 3 * i + 3), 3 * count);
      colors.set(rgb.subarray(3 * i, 3 * i + 3), 3 * count);
      confidences[count++] = image.confidence[i]!;
    }
  }
  return { positions, colors, confidences };
}
