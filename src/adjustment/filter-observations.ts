import type { Vector3 } from "../geometry/mat3.ts";
import type { Bundle } from "./bundle.ts";
import { observationsByPoint } from "./observations-by-point.ts";
import { photoRays } from "./photo-rays.ts";
import { reprojectionErrors } from "./reprojection-errors.ts";
import { type BundleSelection, selectObservations } from "./select-observations.ts";
import type { PointGates } from "./triangulate.ts";
import { triangulationAngle } from "./triangulation-angle.ts";

/**
 * The bundle without the observations whose reprojection is farther off than `maxError` or behind the camera, then without
 * points that fewer than two are left of, or only such as see it under less than `minAngle`. Between rounds of adjustment the
 * gate is narrowed, so that what is wrong leaves before it bends what is right.
 */
export function filterObservations(bundle: Bundle, { maxError, minAngle }: PointGates): BundleSelection {
  const { sigma } = bundle.observations;
  const kept = Uint8Array.from(reprojectionErrors(bundle), (error, k) =>
    error <= maxError * (sigma?.[k] ?? 1) ? 1 : 0,
  );
  const photos = photoRays(bundle);
  const { starts, source, photo } = observationsByPoint(bundle);
  for (let point = 0; point < starts.length - 1; point++) {
    const at = bundle.points.subarray(3 * point, 3 * point + 3) as unknown as Vector3;
    const centers: Vector3[] = [];
    for (let k = starts[point]!; k < starts[point + 1]!; k++) {
      if (kept[source[k]!] !== 0) centers.push(photos[photo[k]!]!.center);
    }
    if (triangulationAngle(at, centers) >= minAngle) continue;
    for (let k = starts[point]!; k < starts[point + 1]!; k++) kept[source[k]!] = 0;
  }
  return selectObservations(bundle, kept);
}
