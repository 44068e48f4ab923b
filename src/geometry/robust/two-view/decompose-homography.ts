import type { Pose } from "../../../core/camera.ts";
import {
  addScaled,
  cross,
  dot,
  fromColumns,
  type Matrix3,
  multiply3,
  multiplyVector3,
  normalize,
  scale3,
  scaleVector3,
  transpose3,
  type Vector3,
} from "../../mat3.ts";
import { rigidPose } from "../../pose.ts";
import { quaternionFromRotation, rotationFromQuaternion } from "../../rotation.ts";
import { svd3 } from "../../svd3.ts";

/** A plane nᵀ X = 1 in units of its distance from camera 1, and the second camera. */
export interface PlaneAndPose {
  /** Of length one, in the frame of camera 1, pointing away from it. */
  readonly normal: Vector3;
  /** Translation in units of the plane's distance. */
  readonly cam2FromCam1: Pose;
}

/** The difference between the largest and the smallest singular value from which on a shift can be told from none. */
const NO_SHIFT = 1e-9;

/**
 * The poses and planes, four at most, that give a homography of bearings H ∝ R + t nᵀ (Ma, Soatto, Košecká and Sastry, "An
 * Invitation to 3-D Vision", 5.3.3); of each pair that differs in the sign of n and t alone the one whose plane lies in front
 * of camera 1 for a given bearing. None where the camera only turns.
 */
export function decomposeHomography(homography: Matrix3, seen: Vector3): PlaneAndPose[] {
  const { singularValues, v } = svd3(homography);
  const unit = scale3(1 / singularValues[1], homography);
  const [first, , last] = singularValues.map((value) => (value / singularValues[1]) ** 2) as unknown as Vector3;
  if (!(first - last > NO_SHIFT)) return [];
  const [v1, v2, v3] = [0, 1, 2].map((k): Vector3 => [v[k]!, v[3 + k]!, v[6 + k]!]) as [Vector3, Vector3, Vector3];
  const along = scaleVector3(Math.sqrt(Math.max(0, 1 - last) / (first - last)), v1);
  const across = Math.sqrt(Math.max(0, first - 1) / (first - last));
  return [across, -across].map((factor) => {
    // v₂ and this vector span what the homography turns without stretching: the plane's directions.
    const inPlane = normalize(addScaled(along, factor, v3));
    const away = cross(v2, inPlane);
    const normal = dot(away, seen) < 0 ? scaleVector3(-1, away) : away;
    const [to2, to1] = [multiplyVector3(unit, v2), multiplyVector3(unit, inPlane)];
    const target = fromColumns(to2, to1, cross(to2, to1));
    const matrix = multiply3(target, transpose3(fromColumns(v2, inPlane, away)));
    const rotation = rotationFromQuaternion(quaternionFromRotation(matrix));
    const translation = addScaled(multiplyVector3(unit, normal), -1, multiplyVector3(rotation, normal));
    return { normal, cam2FromCam1: rigidPose(rotation, translation) };
  });
}
