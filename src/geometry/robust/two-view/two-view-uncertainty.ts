import { solvePositiveDefinite } from "../../solve-positive-definite.ts";
import { freeDirections } from "./focal-knowledge.ts";
import { alongDirections, type TwoViewObjective, twoViewEquations } from "./refine-two-views.ts";
import { FOCAL_1, type Matches, type TwoViewCameras } from "./two-view-cameras.ts";

/** Standard deviations of two cameras' parameters; infinite where nothing fixes them. */
export interface TwoViewUncertainty {
  /** In radians. */
  readonly rotation: number;
  /** Of the direction of translation, in radians. */
  readonly direction: number;
  /** Of the logarithms of the focal lengths; 0 for those that are exact. */
  readonly logFocals: number;
}

/** How certain refined cameras are, from the curvature of the objective, where it is in units of `priorWeight`. */
export function twoViewUncertainty(
  cameras: TwoViewCameras,
  matches: Matches,
  objective: TwoViewObjective,
): TwoViewUncertainty {
  const free = freeDirections(objective.focals);
  const { hessian } = alongDirections(twoViewEquations(cameras, matches, objective), free);
  const variances = free.map((_, k) => {
    const axis = new Float64Array(free.length);
    axis[k] = objective.priorWeight;
    return solvePositiveDefinite(hessian, axis)?.[k] ?? Number.POSITIVE_INFINITY;
  });
  const deviation = (from: number, to?: number) =>
    Math.sqrt(variances.slice(from, to).reduce((sum, variance) => sum + variance, 0));
  return { rotation: deviation(0, 3), direction: deviation(3, FOCAL_1), logFocals: deviation(FOCAL_1) };
}
