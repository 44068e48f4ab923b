import { diagonalBlock, findBlock } from "./block-matrix.ts";
import type { BundleState } from "./bundle-state.ts";
import { focalDeviation, type Objective } from "./objective.ts";
import type { ReducedSystem } from "./reduced-system.ts";
import { differentiateRelativePose, relativePoseDeviation } from "./relative-pose-deviation.ts";
import { PHOTO_DOF, type Unknowns } from "./unknowns.ts";

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

/** Adds what is likely of relative poses, each as one observation of six numbers, weighted as those are. */
export function addRelativePoses(
  { pattern, values, gradient, scale }: ReducedSystem,
  { relativePoses, losses }: Objective,
  { photoBlocks }: Unknowns,
  state: BundleState,
): void {
  for (const prior of relativePoses) {
    const deviation = relativePoseDeviation(prior, state);
    const weight = losses[1].weight(deviation.reduce((sum, value) => sum + value * value, 0));
    if (!(weight > 0)) continue;
    const sides = differentiateRelativePose(prior, state, deviation).map((derivatives, side) => ({
      derivatives,
      block: photoBlocks[side === 0 ? prior.photo1 : prior.photo2]!,
    }));
    for (const { derivatives, block } of sides.filter((side) => side.block >= 0)) {
      const first = pattern.offsets[block]!;
      for (let i = 0; i < PHOTO_DOF; i++) {
        gradient[first + i]! += weight * dotColumns(derivatives, i, deviation, 0, 1);
        scale[first + i]! += weight * dotColumns(derivatives, i, derivatives, i);
      }
      for (const other of sides) {
        if (other.block < 0 || other.block > block) continue;
        const at = findBlock(pattern, block, other.block);
        for (let i = 0; i < PHOTO_DOF; i++) {
          for (let j = 0; j < PHOTO_DOF; j++) {
            values[at + PHOTO_DOF * i + j]! += weight * dotColumns(derivatives, i, other.derivatives, j);
          }
        }
      }
    }
  }
}

/** The inner product of a column of `a` `[6, 6]` and one of `b` `[6, width]`. */
function dotColumns(a: Float64Array, i: number, b: Float64Array, j: number, width: number = PHOTO_DOF): number {
  let sum = 0;
  for (let row = 0; row < 6; row++) sum += a[6 * row + i]! * b[width * row + j]!;
  return sum;
}
