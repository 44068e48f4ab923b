import type { Intrinsics, Pose } from "../../core/camera.ts";
import { multiply3, type Vector3 } from "../mat3.ts";
import { type Points, rigidPose, rotationOf, translationOf } from "../pose.ts";
import { rotationFromVector } from "../rotation.ts";
import type { Score } from "./estimator.ts";

/** A camera with a place in the world: what absolute pose estimation looks for. */
export interface EstimatedCamera {
  readonly camFromWorld: Pose;
  readonly intrinsics: Intrinsics;
}

/** World points and the pixels at which the camera sees them. */
export interface Correspondences {
  readonly count: number;
  /** `[count, 3]` */
  readonly points: Points;
  /** `[count, 2]` */
  readonly pixels: Points;
}

/** Parameters of a change of a posed camera: rotation (3), translation (3) and the logarithm of the focal length. */
export const ESTIMATED_CAMERA_DOF = 7;

/**
 * The camera after a small change `[7]` of its parameters: the rotation vector and the translation act in the camera's
 * frame, after its pose, so that nothing is singular.
 */
export function changeCamera({ camFromWorld, intrinsics }: EstimatedCamera, change: Float64Array): EstimatedCamera {
  const [rx, ry, rz, tx, ty, tz, logFocal] = change as unknown as [...Vector3, ...Vector3, number];
  const rotation = rotationOf(camFromWorld);
  const [x, y, z] = translationOf(camFromWorld);
  const zoom = Math.exp(logFocal);
  return {
    camFromWorld: rigidPose(multiply3(rotationFromVector([rx, ry, rz]), rotation), [x + tx, y + ty, z + tz]),
    intrinsics: { ...intrinsics, fx: zoom * intrinsics.fx, fy: zoom * intrinsics.fy },
  };
}

/**
 * The squared reprojection error of each correspondence in pixels², `[count]`; infinite for points that are not finite
 * or not in front of the camera.
 * @param errors receives them
 */
export function squaredErrors(
  { camFromWorld, intrinsics: { fx, fy, cx, cy } }: EstimatedCamera,
  { count, points, pixels }: Correspondences,
  errors: Float64Array = new Float64Array(count),
): Float64Array {
  const [a, b, c, d, e, f, g, h, i] = rotationOf(camFromWorld);
  const [tx, ty, tz] = translationOf(camFromWorld);
  for (let k = 0; k < count; k++) {
    const x = points[3 * k]!;
    const y = points[3 * k + 1]!;
    const z = points[3 * k + 2]!;
    const depth = g * x + h * y + i * z + tz;
    const errorX = (fx * (a * x + b * y + c * z + tx)) / depth + cx - pixels[2 * k]!;
    const errorY = (fy * (d * x + e * y + f * z + ty)) / depth + cy - pixels[2 * k + 1]!;
    const squared = errorX * errorX + errorY * errorY;
    errors[k] = depth > 0 && squared >= 0 ? squared : Number.POSITIVE_INFINITY;
  }
  return errors;
}

/** Thousands of hypotheses are scored on equally many points, one after the other. */
let scratch = new Float64Array();

/** The MSAC score: the sum of squared errors, each no more than `threshold`², and how many are below that. */
export function scoreCamera(camera: EstimatedCamera, data: Correspondences, threshold: number): Score {
  const limit = threshold * threshold;
  if (scratch.length < data.count) scratch = new Float64Array(data.count);
  const errors = squaredErrors(camera, data, scratch);
  let cost = 0;
  let inliers = 0;
  for (let k = 0; k < data.count; k++) {
    const error = errors[k]!;
    const isInlier = error < limit;
    inliers += isInlier ? 1 : 0;
    cost += isInlier ? error : limit;
  }
  return { cost, inliers, count: data.count };
}
