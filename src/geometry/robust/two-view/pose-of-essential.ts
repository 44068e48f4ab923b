import type { Pose } from "../../../core/camera.ts";
import { cross, dot, type Matrix3, type Vector3 } from "../../mat3.ts";
import { rigidPose } from "../../pose.ts";
import { quaternionFromRotation, rotationFromQuaternion } from "../../rotation.ts";
import type { SeenTwice } from "../solvers/essential-five-points.ts";

/** Of an essential matrix' two rotations, how many points lie in front of both cameras by the sign of the translation. */
interface Facing {
  ahead: number;
  back: number;
}

/**
 * Of the four poses `cam2FromCam1`, with translations of length one, of an essential matrix of either sign (Horn,
 * "Recovering Baseline and Orientation from Essential Matrix", 1990) the one that has the most of some points in front of
 * both cameras: for E = [t]× R, R = cofactors(E) − [t]× E.
 */
export function poseOfEssential(essential: Matrix3, seen: SeenTwice): Pose {
  const [a, b, c, d, e, f, g, h, i] = essential;
  const size = Math.SQRT2 / Math.sqrt(a * a + b * b + c * c + d * d + e * e + f * f + g * g + h * h + i * i);
  const columns: readonly [Vector3, Vector3, Vector3] = [
    [size * a, size * d, size * g],
    [size * b, size * e, size * h],
    [size * c, size * f, size * i],
  ];
  const translation = leftKernel(columns);
  // Of the cofactors, and of [t]× E.
  const cofactors = [
    cross(columns[1], columns[2]),
    cross(columns[2], columns[0]),
    cross(columns[0], columns[1]),
  ] as const;
  const turns = [
    cross(translation, columns[0]),
    cross(translation, columns[1]),
    cross(translation, columns[2]),
  ] as const;
  const rotationWith = (sign: number): Matrix3 => [
    cofactors[0][0] + sign * turns[0][0],
    cofactors[1][0] + sign * turns[1][0],
    cofactors[2][0] + sign * turns[2][0],
    cofactors[0][1] + sign * turns[0][1],
    cofactors[1][1] + sign * turns[1][1],
    cofactors[2][1] + sign * turns[2][1],
    cofactors[0][2] + sign * turns[0][2],
    cofactors[1][2] + sign * turns[1][2],
    cofactors[2][2] + sign * turns[2][2],
  ];
  const [first, second] = [rotationWith(-1), rotationWith(1)];
  const [facing1, facing2] = [facingOf(first, translation, seen), facingOf(second, translation, seen)];
  const most1 = Math.max(facing1.ahead, facing1.back);
  const isFirst = most1 >= Math.max(facing2.ahead, facing2.back);
  const facing = isFirst ? facing1 : facing2;
  const sign = facing.ahead >= facing.back ? 1 : -1;
  // A rotation up to rounding, which this removes.
  const rotation = rotationFromQuaternion(quaternionFromRotation(isFirst ? first : second));
  return rigidPose(rotation, [sign * translation[0], sign * translation[1], sign * translation[2]]);
}

/** The unit vector t with tᵀ E = 0: orthogonal to all columns. */
function leftKernel([x, y, z]: readonly [Vector3, Vector3, Vector3]): Vector3 {
  let longest: Vector3 = [0, 0, 0];
  for (const candidate of [cross(x, y), cross(y, z), cross(z, x)]) {
    if (dot(candidate, candidate) > dot(longest, longest)) longest = candidate;
  }
  const length = Math.sqrt(dot(longest, longest));
  return [longest[0] / length, longest[1] / length, longest[2] / length];
}

function facingOf(
  [a, b, c, d, e, f, g, h, i]: Matrix3,
  [tx, ty, tz]: Vector3,
  { bearings1, bearings2 }: SeenTwice,
): Facing {
  const facing = { ahead: 0, back: 0 };
  for (let k = 0; k < bearings1.length; k++) {
    const [x, y, z] = bearings1[k]!;
    const [u, v, w] = bearings2[k]!;
    const rx = a * x + b * y + c * z;
    const ry = d * x + e * y + f * z;
    const rz = g * x + h * y + i * z;
    // λ₂ (u, v, w) = λ₁ r + t
    const nx = v * rz - w * ry;
    const ny = w * rx - u * rz;
    const nz = u * ry - v * rx;
    const depth1 = nx * (w * ty - v * tz) + ny * (u * tz - w * tx) + nz * (v * tx - u * ty);
    const depth2 = nx * (rz * ty - ry * tz) + ny * (rx * tz - rz * tx) + nz * (ry * tx - rx * ty);
    if (depth1 > 0 && depth2 > 0) facing.ahead++;
    if (depth1 < 0 && depth2 < 0) facing.back++;
  }
  return facing;
}
