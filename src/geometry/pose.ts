import type { Pose } from "../core/camera.ts";
import type { Matrix3, Vector3 } from "./mat3.ts";

/** Points as a flat list, `[…, 3]`. */
export type Points = Float32Array | Float64Array;

/** A 4×4 affine transform, row-major, 16 numbers: a rigid `Pose`, or a similarity as `similarityMatrix` gives it. */
export type Matrix4 = Float64Array;

/** The pose that moves nothing. */
export function identityPose(): Pose {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
}

/** The rigid transform x ↦ R x + t. */
export function rigidPose([a, b, c, d, e, f, g, h, i]: Matrix3, [x, y, z]: Vector3): Pose {
  // Entry by entry: `Float64Array.of` takes many times as long.
  const pose = new Float64Array(16);
  pose[0] = a;
  pose[1] = b;
  pose[2] = c;
  pose[3] = x;
  pose[4] = d;
  pose[5] = e;
  pose[6] = f;
  pose[7] = y;
  pose[8] = g;
  pose[9] = h;
  pose[10] = i;
  pose[11] = z;
  pose[15] = 1;
  return pose;
}

/** The upper left 3×3 part. */
export function rotationOf(p: Matrix4): Matrix3 {
  return [p[0]!, p[1]!, p[2]!, p[4]!, p[5]!, p[6]!, p[8]!, p[9]!, p[10]!];
}

/** The last column: of a `worldFromCam` this is the camera's center in the world. */
export function translationOf(pose: Matrix4): Vector3 {
  return [pose[3]!, pose[7]!, pose[11]!];
}

/** The product of two affine transforms: `composePoses(aFromB, bFromC)` is `aFromC`. */
export function composePoses(aFromB: Matrix4, bFromC: Matrix4): Matrix4 {
  const aFromC = new Float64Array(16);
  for (let row = 0; row < 16; row += 4) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += aFromB[row + k]! * bFromC[4 * k + column]!;
      aFromC[row + column] = sum;
    }
  }
  return aFromC;
}

/** The inverse of a rigid transform: of `aFromB`, `bFromA`. */
export function invertRigid(aFromB: Pose): Pose {
  const [a, b, c, d, e, f, g, h, i] = rotationOf(aFromB);
  const [x, y, z] = translationOf(aFromB);
  return rigidPose(
    [a, d, g, b, e, h, c, f, i],
    [-(a * x + d * y + g * z), -(b * x + e * y + h * z), -(c * x + f * y + i * z)],
  );
}

/** A rigid transform in another unit of length: the same rotation, the translation `factor` times as long. */
export function scaleTranslation(aFromB: Pose, factor: number): Pose {
  const [x, y, z] = translationOf(aFromB);
  return rigidPose(rotationOf(aFromB), [factor * x, factor * y, factor * z]);
}

/** Every point of a list `[…, 3]` moved by an affine transform, as a new list of the same number format. */
export function transformPoints<P extends Points>(aFromB: Matrix4, pointsB: P): P {
  const pointsA = pointsB.slice() as P;
  const [a, b, c, d, e, f, g, h, i] = rotationOf(aFromB);
  const [tx, ty, tz] = translationOf(aFromB);
  for (let k = 0; k + 2 < pointsB.length; k += 3) {
    const x = pointsB[k]!;
    const y = pointsB[k + 1]!;
    const z = pointsB[k + 2]!;
    pointsA[k] = a * x + b * y + c * z + tx;
    pointsA[k + 1] = d * x + e * y + f * z + ty;
    pointsA[k + 2] = g * x + h * y + i * z + tz;
  }
  return pointsA;
}

/**
 * The z-depth of points `[n, 3]` as a camera sees them, `[n]`. Those that are not in front of it get 0, the mark of no
 * depth.
 */
export function depthsOf(camFromWorld: Matrix4, points: Points): Float32Array {
  const [, , , , , , g, h, i] = rotationOf(camFromWorld);
  const [, , tz] = translationOf(camFromWorld);
  const depth = new Float32Array(points.length / 3);
  for (let k = 0; k < depth.length; k++) {
    const z = g * points[3 * k]! + h * points[3 * k + 1]! + i * points[3 * k + 2]! + tz;
    if (z > 0) depth[k] = z;
  }
  return depth;
}
