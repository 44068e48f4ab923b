import type { PosedCamera } from "../rgbd/rgbd-view.ts";
import { boundsOf } from "./mesh.ts";
import { mix, subtract, type Vec3 } from "./vec3.ts";

/** Triangles in parts that can be culled as a whole. */
export interface PartedGeometry {
  /** `[vertices, 3]` in the world. */
  readonly positions: Float32Array;
  /** `[triangles, 3]`, counter-clockwise seen from outside. */
  readonly triangles: Uint32Array;
  readonly parts: readonly GeometryPart[];
}

/** A run of vertices, the run of triangles between them, and a sphere around both. */
export interface GeometryPart {
  readonly firstVertex: number;
  readonly endVertex: number;
  readonly firstTriangle: number;
  readonly endTriangle: number;
  readonly center: Vec3;
  readonly radius: number;
  /** Its triangles show from both sides. */
  readonly twoSided?: boolean;
}

/** A part of `positions` `[n, 3]` with its sphere. */
export function geometryPart(positions: Float32Array, runs: Omit<GeometryPart, "center" | "radius">): GeometryPart {
  const { min, max } = boundsOf(positions.subarray(3 * runs.firstVertex, 3 * runs.endVertex));
  return { ...runs, center: mix(min, max, 0.5), radius: Math.hypot(...subtract(max, min)) / 2 };
}

/** True when a part lies behind the camera or beside its frame. */
export function isOutOfFrame({ center, radius }: GeometryPart, camera: PosedCamera): boolean {
  const { fx, fy, cx, cy } = camera.intrinsics;
  const m = camera.worldFromCam;
  const [dx, dy, dz] = [center[0] - m[3]!, center[1] - m[7]!, center[2] - m[11]!];
  const x = m[0]! * dx + m[4]! * dy + m[8]! * dz;
  const y = m[1]! * dx + m[5]! * dy + m[9]! * dz;
  const z = m[2]! * dx + m[6]! * dy + m[10]! * dz;
  // Signed distances to the planes through the outermost pixel centers.
  const beyond = (along: number, slope: number): boolean => along - slope * z > radius * Math.sqrt(1 + slope * slope);
  return (
    z < -radius ||
    beyond(x, (camera.width - 1 - cx) / fx) ||
    beyond(-x, cx / fx) ||
    beyond(y, (camera.height - 1 - cy) / fy) ||
    beyond(-y, cy / fy)
  );
}
