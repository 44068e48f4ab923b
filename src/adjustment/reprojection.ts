import { type BundleState, INTRINSICS_SIZE, POSE_SIZE } from "./bundle-state.ts";
import type { ObservationsByPoint } from "./observations-by-point.ts";

/**
 * A reprojection and its derivatives as one list of numbers, of which a loop over observations needs one only. Everything is
 * there twice: for x, and `ROW` numbers later for y.
 */
export type Reprojection = Float64Array;

/** The error: projection minus observation, in pixels or in standard deviations. */
export const ERROR = 0;
/** Its derivatives by the photo's rotation and translation (6), as `moveState` takes them. */
export const BY_PHOTO = 1;
/** By logarithm of the focal length, cx, cy, k1, k2. */
export const BY_CAMERA = 7;
/** By the point in the world (3). */
export const BY_POINT = 12;
/** Numbers for one axis. */
export const ROW = 15;

/** The point turned into the camera's axes (3), its ray (x, y), inverse depth, and the lens' factor with its slope. */
const TURNED = 2 * ROW;
const RAY = TURNED + 3;
const INVERSE_DEPTH = TURNED + 5;
const LENS = TURNED + 6;
const LENS_SLOPE = TURNED + 7;

/** Room for one reprojection. */
export function emptyReprojection(): Reprojection {
  return new Float64Array(LENS_SLOPE + 1);
}

/**
 * Fills in the error of an observation, in pixels, and returns its square; undefined, as NaN, where the camera cannot see
 * the point: behind it, where the lens' polynomial folds back, or where something is no number.
 */
export function reproject(
  { poses, intrinsics, points }: BundleState,
  { photo, photoCameras, xy }: ObservationsByPoint,
  observation: number,
  point: number,
  out: Reprojection,
): number {
  const pose = POSE_SIZE * photo[observation]!;
  const camera = INTRINSICS_SIZE * photoCameras[photo[observation]!]!;
  const px = points[3 * point]!;
  const py = points[3 * point + 1]!;
  const pz = points[3 * point + 2]!;
  const turnedX = poses[pose]! * px + poses[pose + 1]! * py + poses[pose + 2]! * pz;
  const turnedY = poses[pose + 3]! * px + poses[pose + 4]! * py + poses[pose + 5]! * pz;
  const turnedZ = poses[pose + 6]! * px + poses[pose + 7]! * py + poses[pose + 8]! * pz;
  const inverseDepth = 1 / (turnedZ + poses[pose + 11]!);
  const x = (turnedX + poses[pose + 9]!) * inverseDepth;
  const y = (turnedY + poses[pose + 10]!) * inverseDepth;
  const k1 = intrinsics[camera + 4]!;
  const k2 = intrinsics[camera + 5]!;
  const squaredRadius = x * x + y * y;
  const lens = 1 + squaredRadius * (k1 + squaredRadius * k2);
  const lensSlope = k1 + 2 * squaredRadius * k2;
  const errorX = intrinsics[camera]! * x * lens + intrinsics[camera + 2]! - xy[2 * observation]!;
  const errorY = intrinsics[camera + 1]! * y * lens + intrinsics[camera + 3]! - xy[2 * observation + 1]!;
  out[ERROR] = errorX;
  out[ERROR + ROW] = errorY;
  out[TURNED] = turnedX;
  out[TURNED + 1] = turnedY;
  out[TURNED + 2] = turnedZ;
  out[RAY] = x;
  out[RAY + 1] = y;
  out[INVERSE_DEPTH] = inverseDepth;
  out[LENS] = lens;
  out[LENS_SLOPE] = lensSlope;
  const isSeen = inverseDepth > 0 && squaredRadius < WIDEST && lens + 2 * squaredRadius * lensSlope > 0;
  return isSeen ? errorX * errorX + errorY * errorY : Number.NaN;
}

/** Squared tangent of the widest angle between a ray and the axis; what is beyond is numerical noise about the camera's plane. */
const WIDEST = 1e8;

/** Fills in the derivatives of the error that `reproject` left, and multiplies all by `factor`. */
export function differentiate(
  { poses, intrinsics }: BundleState,
  { photo, photoCameras }: ObservationsByPoint,
  observation: number,
  factor: number,
  out: Reprojection,
): void {
  const pose = POSE_SIZE * photo[observation]!;
  const camera = INTRINSICS_SIZE * photoCameras[photo[observation]!]!;
  const x = out[RAY]!;
  const y = out[RAY + 1]!;
  const lens = out[LENS]!;
  const slope = 2 * out[LENS_SLOPE]!;
  const squaredRadius = x * x + y * y;
  const fx = factor * intrinsics[camera]!;
  const fy = factor * intrinsics[camera + 1]!;
  out[ERROR]! *= factor;
  out[ERROR + ROW]! *= factor;
  rowBySpace(out, 0, poses, pose, fx * (lens + x * x * slope), fx * x * y * slope);
  rowBySpace(out, ROW, poses, pose, fy * x * y * slope, fy * (lens + y * y * slope));
  const offsetX = fx * x;
  const offsetY = fy * y;
  out[BY_CAMERA] = offsetX * lens;
  out[BY_CAMERA + 1] = factor;
  out[BY_CAMERA + 2] = 0;
  out[BY_CAMERA + 3] = offsetX * squaredRadius;
  out[BY_CAMERA + 4] = offsetX * squaredRadius * squaredRadius;
  out[BY_CAMERA + ROW] = offsetY * lens;
  out[BY_CAMERA + ROW + 1] = 0;
  out[BY_CAMERA + ROW + 2] = factor;
  out[BY_CAMERA + ROW + 3] = offsetY * squaredRadius;
  out[BY_CAMERA + ROW + 4] = offsetY * squaredRadius * squaredRadius;
}

/** Derivatives by pose and point of one axis of the error, from those by its ray. */
function rowBySpace(out: Reprojection, row: number, poses: Float64Array, pose: number, byX: number, byY: number): void {
  const inverseDepth = out[INVERSE_DEPTH]!;
  const a = byX * inverseDepth;
  const b = byY * inverseDepth;
  const c = -(a * out[RAY]! + b * out[RAY + 1]!);
  const turnedX = out[TURNED]!;
  const turnedY = out[TURNED + 1]!;
  const turnedZ = out[TURNED + 2]!;
  const photo = row + BY_PHOTO;
  out[photo] = turnedY * c - turnedZ * b;
  out[photo + 1] = turnedZ * a - turnedX * c;
  out[photo + 2] = turnedX * b - turnedY * a;
  out[photo + 3] = a;
  out[photo + 4] = b;
  out[photo + 5] = c;
  const point = row + BY_POINT;
  out[point] = a * poses[pose]! + b * poses[pose + 3]! + c * poses[pose + 6]!;
  out[point + 1] = a * poses[pose + 1]! + b * poses[pose + 4]! + c * poses[pose + 7]!;
  out[point + 2] = a * poses[pose + 2]! + b * poses[pose + 5]! + c * poses[pose + 8]!;
}

/** Moves the derivatives by what is free of a camera to the front and counts them. */
export function packFree(reprojection: Reprojection, free: Uint8Array): number {
  for (let k = 0; k < free.length; k++) {
    reprojection[BY_CAMERA + k] = reprojection[BY_CAMERA + free[k]!]!;
    reprojection[BY_CAMERA + ROW + k] = reprojection[BY_CAMERA + ROW + free[k]!]!;
  }
  return free.length;
}
