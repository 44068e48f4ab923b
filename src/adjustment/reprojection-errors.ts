import type { Bundle } from "./bundle.ts";
import { bundleState } from "./bundle-state.ts";
import { observationsByPoint } from "./observations-by-point.ts";
import { emptyReprojection, reproject } from "./reprojection.ts";

/** The distance in pixels of each observation from its point's projection, `[m]`; infinite where the camera cannot see the point. */
export function reprojectionErrors(bundle: Bundle): Float64Array {
  const observations = observationsByPoint(bundle);
  const state = bundleState(bundle);
  const scratch = emptyReprojection();
  const errors = new Float64Array(observations.photo.length);
  for (let point = 0; point < observations.starts.length - 1; point++) {
    for (let k = observations.starts[point]!; k < observations.starts[point + 1]!; k++) {
      const squared = reproject(state, observations, k, point, scratch);
      errors[observations.source[k]!] = squared >= 0 ? Math.sqrt(squared) : Number.POSITIVE_INFINITY;
    }
  }
  return errors;
}
