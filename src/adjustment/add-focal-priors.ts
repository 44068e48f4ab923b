import { diagonalBlock } from "./block-matrix.ts";
import type { BundleState } from "./bundle-state.ts";
import { focalDeviation, type Objective } from "./objective.ts";
import type { ReducedSystem } from "./reduced-system.ts";
import type { Unknowns } from "./unknowns.ts";

/** Adds what is likely of focal lengths: their logarithm is the first unknown of a camera where they are free. */
export function addFocalPriors(
  { pattern, values, gradient, scale }: ReducedSystem,
  { focalPriors }: Objective,
  { cameraBlocks, freeIntrinsics }: Unknowns,
  state: BundleState,
): void {
  focalPriors.forEach((prior, camera) => {
    if (prior === undefined || freeIntrinsics[camera]![0] !== 0) return;
    const block = cameraBlocks[camera]!;
    const stiffness = prior.sigma ** -2;
    values[diagonalBlock(pattern, block)]! += stiffness;
    scale[pattern.offsets[block]!]! += stiffness;
    gradient[pattern.offsets[block]!]! += focalDeviation(prior, state, camera) / prior.sigma;
  });
}
