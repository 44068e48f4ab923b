import { factorizeBlocks, solveBlocks } from "./block-cholesky.ts";
import type { Bundle } from "./bundle.ts";
import { bundleState } from "./bundle-state.ts";
import type { Objective } from "./objective.ts";
import { longestTrack, observationsByPoint } from "./observations-by-point.ts";
import { reduceToCameras } from "./reduce-to-cameras.ts";
import { reducedPattern } from "./reduced-pattern.ts";
import { emptyReducedSystem } from "./reduced-system.ts";
import { huberLoss } from "./robust-loss.ts";
import { unknownsOf } from "./unknowns.ts";

/** Little enough to leave what is known as it is, and enough for the world, which is free, to have a place. */
const DAMPING = 1e-8;

/**
 * How well the observations of an adjusted bundle fix its focal lengths, without their priors: by camera, the standard
 * deviation of the logarithm for errors that are independent (the square root of the diagonal of S⁻¹, the inverse of the normal
 * equations with the points eliminated). 0 where the focal length is not free, NaN where that would take too long: of many hundreds
 * of photos that all show one thing.
 */
export function focalDeviations(bundle: Bundle): Float64Array {
  const unknowns = unknownsOf(bundle);
  const free = bundle.cameras.map((camera, i) =>
    camera.free.focal ? unknowns.offsets[unknowns.cameraBlocks[i]!]! : -1,
  );
  const objective: Objective = {
    observations: observationsByPoint(bundle),
    loss: huberLoss(1),
    focalPriors: [],
  };
  const system = emptyReducedSystem(reducedPattern(objective, unknowns), longestTrack(objective.observations));
  const { pattern, factorization, values } = system;
  if (factorization === undefined) return Float64Array.from(free, (place) => (place < 0 ? 0 : Number.NaN));
  reduceToCameras(system, objective, unknowns, { state: bundleState(bundle), damping: DAMPING });
  const factor = factorizeBlocks(factorization, pattern, values);
  const unit = new Float64Array(unknowns.offsets.at(-1)!);
  return Float64Array.from(free, (place) => {
    if (place < 0) return 0;
    if (factor === undefined) return Number.POSITIVE_INFINITY;
    unit[place] = 1;
    const variance = solveBlocks(factorization, factor, unit)[place]!;
    unit[place] = 0;
    return Math.sqrt(variance);
  });
}
