import type { FocalPrior } from "./bundle.ts";
import { type BundleState, INTRINSICS_SIZE } from "./bundle-state.ts";
import type { ObservationsByPoint } from "./observations-by-point.ts";
import { differentiate, emptyReprojection, type Reprojection, reproject } from "./reprojection.ts";
import type { RobustLoss } from "./robust-loss.ts";

/**
 * What bundle adjustment makes small: ½ Σ ρ(‖e / σ‖²) over the observations, plus ½ ((log f − log f₀) / σ)² over the focal
 * lengths that have a prior.
 */
export interface Objective {
  readonly observations: ObservationsByPoint;
  readonly loss: RobustLoss;
  /** By camera. */
  readonly focalPriors: readonly (FocalPrior | undefined)[];
}

/** Squared errors in standard deviations that still count as numbers: beyond, products of derivatives might not be. */
const LARGEST = 1e18;

/**
 * The squared error, in standard deviations, that stands for a point which its camera cannot see: more than nearly all that are
 * seen have, so that no step gains by turning one away, and constant, so that it has no say.
 */
const UNSEEN = 1e6;

/** The objective's value, always a number. */
export function costOf({ observations, loss, focalPriors }: Objective, state: BundleState): number {
  const { starts, inverseSigma } = observations;
  const scratch = emptyReprojection();
  let cost = 0;
  for (let point = 0; point < starts.length - 1; point++) {
    for (let k = starts[point]!; k < starts[point + 1]!; k++) {
      const squared = reproject(state, observations, k, point, scratch) * inverseSigma[k]! ** 2;
      cost += 0.5 * loss.value(squared < LARGEST ? squared : UNSEEN);
    }
  }
  focalPriors.forEach((prior, camera) => {
    if (prior !== undefined) cost += 0.5 * focalDeviation(prior, state, camera) ** 2;
  });
  return cost;
}

/** How far a camera's focal length is from the most likely, in standard deviations. */
export function focalDeviation({ focal, sigma }: FocalPrior, { intrinsics }: BundleState, camera: number): number {
  return Math.log(intrinsics[INTRINSICS_SIZE * camera]! / focal) / sigma;
}

/**
 * Fills in the error of an observation and its derivatives, weighted as reweighted least squares has it: half their squares'
 * sum has the gradient of the cost. False where the observation has no say.
 */
export function linearize(
  { observations, loss }: Objective,
  state: BundleState,
  observation: number,
  point: number,
  out: Reprojection,
): boolean {
  const inverseSigma = observations.inverseSigma[observation]!;
  const squared = reproject(state, observations, observation, point, out) * inverseSigma ** 2;
  if (!(squared < LARGEST)) return false;
  const weight = loss.weight(squared);
  differentiate(state, observations, observation, inverseSigma * Math.sqrt(weight), out);
  return true;
}
