import type { Pose } from "../../../core/camera.ts";
import {
  add3,
  adjugate3,
  cross,
  dot,
  type Matrix3,
  multiply3,
  scale3,
  scaleVector3,
  transpose3,
  type Vector3,
} from "../../mat3.ts";
import { rigidPose } from "../../pose.ts";
import { quaternionFromRotation, rotationFromQuaternion } from "../../rotation.ts";
import { crossMatrix } from "./two-view-cameras.ts";

/**
 * The four poses `cam2FromCam1`, with translations of length one, of an essential matrix of either sign (Horn,
 * "Recovering Baseline and Orientation from Essential Matrix", 1990): for E = [t]× R, R = cofactors(E) − [t]× E.
 */
export function posesOfEssential(essential: Matrix3): Pose[] {
  const unit = scale3(Math.SQRT2 / Math.hypot(...essential), essential);
  const translation = leftKernel(unit);
  const cofactors = transpose3(adjugate3(unit));
  const turn = multiply3(crossMatrix(translation), unit);
  const back = scaleVector3(-1, translation);
  return [add3(cofactors, scale3(-1, turn)), add3(cofactors, turn)].flatMap((matrix) => {
    // A rotation up to rounding, which this removes.
    const rotation = rotationFromQuaternion(quaternionFromRotation(matrix));
    return [rigidPose(rotation, translation), rigidPose(rotation, back)];
  });
}

/** The unit vector t with tᵀ E = 0: orthogonal to all columns. */
function leftKernel([a, b, c, d, e, f, g, h, i]: Matrix3): Vector3 {
  const columns: readonly Vector3[] = [
    [a, d, g],
    [b, e, h],
    [c, f, i],
  ];
  const candidates = [0, 1, 2].map((k) => cross(columns[k]!, columns[(k + 1) % 3]!));
  const longest = candidates.reduce((best, v) => (dot(v, v) > dot(best, best) ? v : best));
  return scaleVector3(1 / Math.hypot(...longest), longest);
}
