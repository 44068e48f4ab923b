import type { Pose } from "../../core/camera.ts";
import { cross, dot, type Vector3 } from "../../geometry/mat3.ts";
import { composePoses, invertRigid, rotationOf, translationOf } from "../../geometry/pose.ts";
import { rotationAngle } from "../../geometry/rotation.ts";

/** How far the relative pose of two cameras is from the truth, in degrees. */
export interface PairPoseError {
  /** Geodesic angle between the two relative rotations, 0 to 180. */
  readonly rotation: number;
  /** Angle between the directions of the relative translations, 0 to 180; null where the cameras stand on one spot. */
  readonly translation: number | null;
  /** The same without regard to the sign, 0 to 90: the variant of PoseDiffusion, which the DUSt3R paper uses. */
  readonly translationUnsigned: number | null;
}

/** The error of whatever was asked for and not found. */
export const FAILED_DEGREES = 180;

/** Baselines up to this share of the scene's extent count as having no direction. */
export const NEGLIGIBLE_BASELINE = 1e-3;

/**
 * The errors of every pair (i < j) of cameras; all poses are `camFromWorld`. A pair with a camera that was not found, or
 * that was found where the other one is, fails: 180° in all variants.
 * @param extent largest distance between two camera centers of the whole scene, in units of the truth
 */
export function pairPoseErrors(
  truth: readonly Pose[],
  found: readonly (Pose | null)[],
  extent: number,
): PairPoseError[] {
  return truth.flatMap((first, i) =>
    truth.slice(i + 1).map((second, k) => {
      const want = composePoses(second, invertRigid(first));
      const [foundFirst, foundSecond] = [found[i], found[i + 1 + k]];
      const got = foundFirst && foundSecond ? composePoses(foundSecond, invertRigid(foundFirst)) : undefined;
      return relativePoseError(want, got, NEGLIGIBLE_BASELINE * extent);
    }),
  );
}

/**
 * The error of one `cam2FromCam1`; undefined where none was found.
 * @param negligible baselines of the truth up to this length have no direction
 */
export function relativePoseError(truth: Pose, found: Pose | undefined, negligible: number): PairPoseError {
  const moved = Math.hypot(...translationOf(truth)) > negligible;
  const angle = found && directionAngle(translationOf(found), translationOf(truth));
  return {
    rotation: found === undefined ? FAILED_DEGREES : degrees(rotationAngle(rotationOf(found), rotationOf(truth))),
    translation: moved ? (angle ?? FAILED_DEGREES) : null,
    translationUnsigned: moved ? (angle === undefined ? FAILED_DEGREES : Math.min(angle, 180 - angle)) : null,
  };
}

/** The angle between two directions in degrees, 0 to 180; undefined where one of them has no length. */
function directionAngle(a: Vector3, b: Vector3): number | undefined {
  if (!(Math.hypot(...a) > 0 && Math.hypot(...b) > 0)) return undefined;
  return degrees(Math.atan2(Math.hypot(...cross(a, b)), dot(a, b)));
}

/** The largest distance between two camera centers of `camFromWorld` poses. */
export function cameraExtent(poses: readonly Pose[]): number {
  const centers = poses.map((pose) => translationOf(invertRigid(pose)));
  let extent = 0;
  for (const [x, y, z] of centers)
    for (const [u, v, w] of centers) extent = Math.max(extent, Math.hypot(x - u, y - v, z - w));
  return extent;
}

/** Radians as degrees. */
export function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
