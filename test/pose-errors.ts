import type { Pose } from "../src/core/camera.ts";
import { composePoses, invertRigid, rotationOf, translationOf } from "../src/geometry/pose.ts";
import { rotationAngle } from "../src/geometry/rotation.ts";
import { moveCamera } from "../src/geometry/similarity.ts";
import { registerCameras } from "./register-cameras.ts";

/** How far cameras are from the truth after the best similarity between the two worlds. */
export interface CameraErrors {
  /** Units of the truth in one of the estimate. */
  readonly scale: number;
  /** Per camera, in units of the truth. */
  readonly distances: readonly number[];
  /** Per camera. */
  readonly degrees: readonly number[];
}

export function cameraErrors(estimated: readonly Pose[], truth: readonly Pose[]): CameraErrors {
  const registration = registerCameras(estimated, truth);
  if (registration.status === "failed") throw new Error(registration.reason);
  const { targetFromSource } = registration;
  const pairs = estimated.map((pose, i) => poseDifference(moveCamera(targetFromSource, pose), truth[i]!));
  return {
    scale: targetFromSource.scale,
    distances: pairs.map((pair) => pair.distance),
    degrees: pairs.map((pair) => pair.degrees),
  };
}

/** Angle and distance between two rigid transforms. */
export function poseDifference(a: Pose, b: Pose): { readonly degrees: number; readonly distance: number } {
  const difference = composePoses(invertRigid(a), b);
  return {
    degrees: (rotationAngle(rotationOf(a), rotationOf(b)) * 180) / Math.PI,
    distance: Math.hypot(...translationOf(difference)),
  };
}
