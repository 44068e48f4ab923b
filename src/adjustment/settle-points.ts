import type { BundleState } from "./bundle-state.ts";
import { costOfError, costOfPoint, costOfPriors, linearize, type Objective } from "./objective.ts";
import { addObservation, emptyPointBlock, invertDamped, multiplySymmetric3, POINT_GRADIENT } from "./point-block.ts";
import { emptyReprojection } from "./reprojection.ts";

/** A point is lost where a step makes its cost so many times as large. */
const LOST = 2;
/** Steps of its own that it then has to be found again. */
const SEARCH_STEPS = 10;
/** Damping of a step after one without damping failed, and what another failure multiplies it by. */
const SEARCH_DAMPING = 1e-3;
const SEARCH_GROWTH = 10;

/**
 * Moves every point of the state by a step of Gauss-Newton of its own, cameras as they are, where that lowers its cost, and gives the
 * objective's value then. After a step of all unknowns at once points follow their cameras on straight lines only: where many photos
 * turn or grow together they are soon off, and steps stay short. Settled, they let steps be long (embedded point iterations: Jeong,
 * Nistér, Steedly, Szeliski and Kweon, Pushing the Envelope of Modern Methods for Bundle Adjustment, 2012). Points that were lost, as
 * those of nearly parallel rays are at times, behind a camera even, are looked for from where they were `before`: one of them
 * must not decide over a step of hundreds of photos.
 */
export function settlePoints(objective: Objective, state: BundleState, before: BundleState): number {
  const { starts } = objective.observations;
  const { points } = state;
  let cost = costOfPriors(objective, state);
  for (let point = 0; point < starts.length - 1; point++) {
    let settled = settlePoint(objective, state, point, 1);
    // Of a point that is explained well it is not worth asking.
    if (settled > starts[point + 1]! - starts[point]! && settled > LOST * costOfPoint(objective, before, point)) {
      settled = settlePoint(objective, state, point, SEARCH_STEPS);
      const [x, y, z] = points.subarray(3 * point, 3 * point + 3);
      points.set(before.points.subarray(3 * point, 3 * point + 3), 3 * point);
      const again = settlePoint(objective, state, point, SEARCH_STEPS);
      if (again < settled) settled = again;
      else points.set([x!, y!, z!], 3 * point);
    }
    cost += settled;
  }
  return cost;
}

const reprojection = emptyReprojection();
const own = emptyPointBlock();
const inverse = new Float64Array(6);
const step = new Float64Array(3);
const unmoved = new Float64Array(3);

/** Moves a point by so many steps at most, damped after one that failed; gives its cost then. */
function settlePoint(objective: Objective, state: BundleState, point: number, steps: number): number {
  const { observations, loss } = objective;
  const { starts } = observations;
  const { points } = state;
  let cost = 0;
  let damping = 0;
  let isMoved = true;
  for (let tried = 0; tried < steps; tried++) {
    if (isMoved) {
      own.fill(0);
      cost = 0;
      for (let k = starts[point]!; k < starts[point + 1]!; k++) {
        const squared = linearize(objective, state, k, point, reprojection);
        cost += costOfError(loss, squared);
        if (!Number.isNaN(squared)) addObservation(own, reprojection);
      }
    }
    invertDamped(own, damping, inverse);
    multiplySymmetric3(inverse, own, POINT_GRADIENT, step, 0);
    for (let i = 0, at = 3 * point; i < 3; i++, at++) {
      unmoved[i] = points[at]!;
      points[at]! -= step[i]!;
    }
    const next = costOfPoint(objective, state, point);
    isMoved = next < cost;
    if (isMoved) {
      cost = next;
      damping = 0;
    } else {
      points.set(unmoved, 3 * point);
      damping = damping === 0 ? SEARCH_DAMPING : SEARCH_GROWTH * damping;
    }
  }
  return cost;
}
