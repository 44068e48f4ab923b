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
export function costOf(objective: Objective, state: BundleState): number {
  const { starts } = objective.observations;
  let cost = costOfPriors(objective, state);
  for (let point = 0; point < starts.length - 1; point++) cost += costOfPoint(objective, state, point);
  return cost;
}

const scratch = emptyReprojection();

/** The part of the observations of one point. */
export function costOfPoint({ observations, loss }: Objective, state: BundleState, point: number): number {
  const { starts, inverseSigma } = observations;
  let cost = 0;
  for (let k = starts[point]!; k < starts[point + 1]!; k++)
    cost += costOfError(loss, reproject(state, observations, k, point, scratch) * inverseSigma[k]! ** 2);
  return cost;
}

/** The part of an observation with a squared error in standard deviations, or none that is a number. */
export function costOfError(loss: RobustLoss, squared: number): number {
  return 0.5 * loss.value(squared < LARGEST ? squared : UNSEEN);
}

/** The part of what is known of focal lengths. */
export function costOfPriors({ focalPriors }: Objective, state: BundleState): number {
  let cost = 0;
  for (const [camera, prior] of focalPriors.entries())
    if (prior !== undefined) cost += 0.5 * focalDeviation(prior, state, camera) ** 2;
  return cost;
}

/** How far a camera's focal length is from the most likely, in standard deviations. */
export function focalDeviation({ focal, sigma }: FocalPrior, { intrinsics }: BundleState, camera: number): number {
  return Math.log(intrinsics[INTRINSICS_SIZE * camera]! / focal) / sigma;
}

/**
 * Fills in the error of an observation and its derivatives, weighted as reweighted least squares has it: half their squares'
 * sum has the gradient of the cost. Gives the squared error in standard deviations; NaN where the observation has no say.
 */
export function linearize(
  { observations, loss }: Objective,
  state: BundleState,
  observation: number,
  point: number,
  out: Reprojection,
): number {
  const inverseSigma = observations.inverseSigma[observation]!;
  const squared = reproject(state, observations, observation, point, out) * inverseSigma ** 2;
  if (!(squared < LARGEST)) return Number.NaN;
  const weight = loss.weight(squared);
  differentiate(state, observations, observation, inverseSigma * Math.sqrt(weight), out);
  return squared;
}
