import type { Bundle, FocalPrior } from "./bundle.ts";
import { type BundleState, bundleState, moveState, withState } from "./bundle-state.ts";
import { costOf, type Objective } from "./objective.ts";
import { longestTrack, observationsByPoint } from "./observations-by-point.ts";
import { reduceToCameras } from "./reduce-to-cameras.ts";
import { reducedPattern } from "./reduced-pattern.ts";
import { emptyReducedSystem, type ReducedSystem } from "./reduced-system.ts";
import { restoreGauge } from "./restore-gauge.ts";
import { huberLoss } from "./robust-loss.ts";
import { settlePoints } from "./settle-points.ts";
import { solveReduced } from "./solve-reduced.ts";
import { substitutePoints } from "./substitute-points.ts";
import { type Unknowns, unknownsOf } from "./unknowns.ts";

/** How a bundle is adjusted. */
export interface AdjustOptions {
  /** In standard deviations of an observation; errors beyond it count by their size instead of their square (Huber's loss). 1 by default. */
  readonly lossScale?: number;
  /** 100 by default. */
  readonly maxIterations?: number;
  /** A step that gains less than this share of the cost is the last. 1e-6 by default. */
  readonly tolerance?: number;
  /** Aborting rejects with the signal's reason after the step at work. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every step that was tried. */
  readonly onIteration?: ((event: AdjustIteration) => void) | undefined;
}

/** How far adjustment is. */
export interface AdjustIteration {
  /** Steps tried so far. */
  readonly iteration: number;
  /** The least so far. */
  readonly cost: number;
}

const DEFAULTS = { lossScale: 1, maxIterations: 100, tolerance: 1e-6 };

/** A bundle at a minimum of the cost, ½ Σ ρ(‖e / σ‖²) and the priors' squares. */
export interface AdjustedBundle {
  readonly bundle: Bundle;
  readonly initialCost: number;
  /** Never above the initial one. */
  readonly cost: number;
  /** Steps tried. */
  readonly iterations: number;
  /** False where the steps ran out. */
  readonly converged: boolean;
}

/** A step of which no more than this share of the cost is expected cannot be told from none. */
const NOTHING = 1e-12;

const FIRST_DAMPING = 1e-4;
/** What a step that gains as expected leaves of the damping: with points that settle, the model holds far. */
const LEAST_LEFT = 0.1;
const LEAST_DAMPING = 1e-9;
/** No step this short gains what can be measured. */
const MOST_DAMPING = 1e12;

/**
 * Bundle adjustment: the poses, intrinsics and points, of those that are free, under which the observations are most likely.
 * Levenberg-Marquardt by reweighted least squares, with the damping of Madsen, Nielsen and Tingleff (Methods for Non-linear Least
 * Squares Problems, section 3.2), points settled after every step. It is deterministic. Observations that are not numbers, or of
 * points behind their camera, have no say.
 */
export async function adjustBundle(bundle: Bundle, options: AdjustOptions = {}): Promise<AdjustedBundle> {
  const { lossScale, maxIterations, tolerance } = { ...DEFAULTS, ...options };
  const { signal, onIteration } = options;
  const objective: Objective = {
    observations: observationsByPoint(bundle),
    loss: huberLoss(lossScale),
    focalPriors: bundle.cameras.map(({ focalPrior }) => (focalPrior && isProper(focalPrior) ? focalPrior : undefined)),
  };
  const unknowns = unknownsOf(bundle);
  const system = emptyReducedSystem(reducedPattern(objective, unknowns), longestTrack(objective.observations));
  let state = bundleState(bundle);
  const initialCost = costOf(objective, state);
  let cost = initialCost;
  let damping = FIRST_DAMPING;
  let growth = 2;
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    await nextTurn(signal);
    iterations++;
    const step = dampedStep(system, objective, unknowns, { state, damping });
    const next = step && settlePoints(objective, step.state, state);
    if (step !== undefined && next! < cost) {
      const gain = cost - next!;
      converged = gain <= tolerance * cost;
      damping = Math.max(LEAST_DAMPING, damping * Math.max(LEAST_LEFT, 1 - (2 * (gain / step.expectedGain) - 1) ** 3));
      growth = 2;
      ({ state } = step);
      cost = next!;
    } else {
      // At a minimum no step gains, however short.
      converged = damping > MOST_DAMPING || (step !== undefined && step.expectedGain <= NOTHING * cost);
      damping *= growth;
      growth *= 2;
    }
    onIteration?.({ iteration: iterations, cost });
  }
  return { bundle: restoreGauge(bundle, withState(bundle, state)), initialCost, cost, iterations, converged };
}

function isProper({ focal, sigma }: FocalPrior): boolean {
  return focal > 0 && sigma > 0 && Number.isFinite(focal);
}

interface DampedStep {
  readonly state: BundleState;
  /** By how much the model of least squares says that the cost falls. */
  readonly expectedGain: number;
}

function dampedStep(
  system: ReducedSystem,
  objective: Objective,
  unknowns: Unknowns,
  at: { readonly state: BundleState; readonly damping: number },
): DampedStep | undefined {
  reduceToCameras(system, objective, unknowns, at);
  const change = solveReduced(system);
  if (change === undefined) return undefined;
  const points = substitutePoints(objective, unknowns, at, change);
  let { slope, scaled } = points;
  change.forEach((value, i) => {
    slope += value * system.gradient[i]!;
    scaled += value * value * system.scale[i]!;
  });
  return {
    state: moveState(at.state, unknowns, change, points.change),
    // Of the damped model, the step is the minimum: there its quadratic part is minus half of its linear part.
    expectedGain: 0.5 * (at.damping * scaled - slope),
  };
}

/** Lets other work have its turn, which is also when a signal can arrive. */
async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}
