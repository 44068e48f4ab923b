import { denseLower } from "./block-matrix.ts";
import type { Bundle } from "./bundle.ts";
import { bundleState } from "./bundle-state.ts";
import type { Objective } from "./objective.ts";
import { observationsByPoint } from "./observations-by-point.ts";
import { reduceToCameras } from "./reduce-to-cameras.ts";
import { reducedPattern } from "./reduced-pattern.ts";
import { emptyReducedSystem } from "./reduced-system.ts";
import { huberLoss } from "./robust-loss.ts";
import { unknownsOf } from "./unknowns.ts";

/** Little enough to leave what is known as it is, and enough for the world, which is free, to have a place. */
const DAMPING = 1e-8;
/** Beyond, a factorization takes longer than adjustment: about 280 photos. */
const MOST_UNKNOWNS = 2000;

/**
 * How well the observations of an adjusted bundle fix its focal lengths, without their priors: by camera, the standard
 * deviation of the logarithm for errors that are independent (the square root of the diagonal of S⁻¹, the inverse of the normal
 * equations with the points eliminated). 0 where the focal length is not free, NaN for very large bundles.
 */
export function focalDeviations(bundle: Bundle): Float64Array {
  const unknowns = unknownsOf(bundle);
  const free = bundle.cameras.map((camera, i) =>
    camera.free.focal ? unknowns.offsets[unknowns.cameraBlocks[i]!]! : -1,
  );
  const size = unknowns.offsets.at(-1)!;
  if (size > MOST_UNKNOWNS) return Float64Array.from(free, (place) => (place < 0 ? 0 : Number.NaN));
  const objective: Objective = {
    observations: observationsByPoint(bundle),
    loss: huberLoss(1),
    focalPriors: [],
  };
  const system = emptyReducedSystem(reducedPattern(objective, unknowns));
  reduceToCameras(system, objective, unknowns, { state: bundleState(bundle), damping: DAMPING });
  const factor = denseLower(system.pattern, system.values);
  const isDefinite = factorize(factor, size);
  return Float64Array.from(free, (place) => {
    if (place < 0) return 0;
    return isDefinite ? Math.sqrt(varianceOf(factor, size, place)) : Number.POSITIVE_INFINITY;
  });
}

/** Cholesky's factor in place of the lower triangle `[size, size]`; false where that is not positive definite. */
function factorize(matrix: Float64Array, size: number): boolean {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k]! * matrix[column * size + k]!;
      if (row !== column) matrix[row * size + column] = sum / matrix[column * size + column]!;
      else if (sum > 0) matrix[row * size + row] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** An entry on the diagonal of the inverse of L Lᵀ: ‖L⁻¹ e‖². */
function varianceOf(factor: Float64Array, size: number, place: number): number {
  const solution = new Float64Array(size);
  let variance = 0;
  for (let row = place; row < size; row++) {
    let sum = row === place ? 1 : 0;
    for (let k = place; k < row; k++) sum -= factor[row * size + k]! * solution[k]!;
    solution[row] = sum / factor[row * size + row]!;
    variance += solution[row]! ** 2;
  }
  return variance;
}
