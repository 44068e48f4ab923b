import type { Intrinsics } from "../core/camera.ts";
import type { Scene } from "../core/scene.ts";
import { upperMedian } from "../core/upper-median.ts";
import type { Size } from "../core/view.ts";

/** How far from the camera's center its frustum is drawn, as a share of the median depth of the scene. */
const SHARE_OF_DEPTH = 0.12;
/** Frustums of neighboring cameras should not pierce each other. */
const SHARE_OF_BASELINE = 0.6;

/** The depth at which all frustums of a scene are drawn, in its units: small against the scene, visible all the same. */
export function frustumDepth({ images }: Scene): number {
  const registered = images.filter((image) => image.registered);
  const depths = registered.map(({ depth }) => upperMedian(depth.filter((z) => z > 0)) ?? 0).filter((z) => z > 0);
  const typical = upperMedian(depths) ?? 1;
  const centers = registered.map(({ worldFromCam: m }) => [m[3]!, m[7]!, m[11]!] as const);
  const nearest = centers.map(([x, y, z], i) => {
    const others = centers.filter((_, j) => j !== i);
    return Math.min(...others.map((other) => Math.hypot(other[0] - x, other[1] - y, other[2] - z)));
  });
  const baseline = nearest.length > 1 ? upperMedian(nearest)! : Infinity;
  const wanted = Math.min(SHARE_OF_DEPTH * typical, SHARE_OF_BASELINE * baseline);
  return Math.max(wanted, (SHARE_OF_DEPTH / 2.5) * typical);
}

/**
 * The corners of an image at `depth` before its camera, `[4, 3]` in the camera's frame (OpenCV axes): top left, top
 * right, bottom right, bottom left. Pixels reach half a pixel beyond their centers.
 */
export function frustumCorners({ fx, fy, cx, cy }: Intrinsics, { width, height }: Size, depth: number): number[] {
  const corners = [
    [-0.5, -0.5],
    [width - 0.5, -0.5],
    [width - 0.5, height - 0.5],
    [-0.5, height - 0.5],
  ] as const;
  return corners.flatMap(([x, y]) => [((x - cx) / fx) * depth, ((y - cy) / fy) * depth, depth]);
}
