import type { Pose } from "../../core/camera.ts";
import {
  addScaled,
  determinant3,
  type Matrix3,
  multiply3,
  multiplyVector3,
  subtract,
  transpose3,
  type Vector3,
} from "../../geometry/mat3.ts";
import { invertRigid, translationOf } from "../../geometry/pose.ts";
import { svd3 } from "../../geometry/svd3.ts";
import { cameraExtent } from "./pose-errors.ts";

/**
 * The mean distance of the camera centers from the truth after the least-squares similarity (Umeyama 1991), as a share of
 * the truth's extent. All poses are `camFromWorld`, null where not found; null below three found cameras.
 */
export function centerError(truth: readonly Pose[], found: readonly (Pose | null)[]): number | null {
  const both = truth.flatMap((pose, i) => (found[i] ? [[pose, found[i]] as const] : []));
  const extent = cameraExtent(truth);
  if (both.length < 3 || !(extent > 0)) return null;
  const target = centered(both.map(([pose]) => centerOf(pose)));
  const source = centered(both.map(([, pose]) => centerOf(pose)));
  const aligned = alignCentered(source, target);
  const distances = aligned.map((point, i) => Math.hypot(...subtract(point, target[i]!)));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length / extent;
}

function centerOf(camFromWorld: Pose): Vector3 {
  return translationOf(invertRigid(camFromWorld));
}

function centered(points: readonly Vector3[]): Vector3[] {
  const sum = points.reduce((total, point) => addScaled(total, 1, point), [0, 0, 0] as Vector3);
  return points.map((point) => addScaled(point, -1 / points.length, sum));
}

/**
 * Source points rotated and scaled onto target points, both centered. Unlike a registration, cameras in a line or on
 * one spot are no failure: whichever of the best rotations is taken, the distances are the same.
 */
function alignCentered(source: readonly Vector3[], target: readonly Vector3[]): Vector3[] {
  const covariance = new Array<number>(9).fill(0);
  target.forEach((t, i) => {
    for (let k = 0; k < 9; k++) covariance[k]! += t[Math.floor(k / 3)]! * source[i]![k % 3]!;
  });
  const { u, singularValues, v } = svd3(covariance as unknown as Matrix3);
  const sign = determinant3(u) * determinant3(v) < 0 ? -1 : 1;
  const rotation = multiply3(multiply3(u, [1, 0, 0, 0, 1, 0, 0, 0, sign]), transpose3(v));
  const spread = source.reduce((sum, [x, y, z]) => sum + x * x + y * y + z * z, 0);
  const [largest, middle, smallest] = singularValues;
  const scale = spread > 0 ? (largest + middle + sign * smallest) / spread : 0;
  return source.map((point) => addScaled([0, 0, 0], scale, multiplyVector3(rotation, point)));
}
