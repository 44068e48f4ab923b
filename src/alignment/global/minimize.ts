import type { RunOptions } from "../../core/progress.ts";
import type { Size } from "../../core/view.ts";
import type { Constraints } from "./constraints.ts";
import { evaluate, type ObjectiveValue, objective } from "./evaluate.ts";
import { addFocalCurvature, addFocalPriors, type FocalPriors } from "./focal-priors.ts";
import { addTieCurvature, addTies, type FrameTies } from "./frame-ties.ts";
import { type GroupCurvature, groupCurvature } from "./group-correction.ts";
import { hessian, type ImageHessian } from "./hessian.ts";
import { groupMotions, type MotionGroups, motionGroups } from "./motion-groups.ts";
import { newtonStep } from "./newton-step.ts";
import { coarseLevel, FEW_PIXELS, fullLevel, type Level, sampleLevel, type WeightedPair } from "./observation.ts";
import type { Penalty, Settling } from "./pixel-tile.ts";
import { moveWorld, type World } from "./world.ts";

/** What is minimized: the objective, the frame regularizer and the focal length priors, among the free changes. */
export interface Problem {
  /** By image. */
  readonly sizes: readonly Size[];
  readonly pairs: readonly WeightedPair[];
  readonly constraints: Constraints;
  readonly ties: FrameTies;
  readonly focalPriors: FocalPriors;
  readonly penalty: Penalty;
}

/** Where that is least. */
export interface Minimum {
  readonly world: World;
  /** By image, `[height, width]`, z-depths; 0 where there is none. */
  readonly depths: readonly Float32Array[];
  /** The objective alone, over all pixels. */
  readonly loss: number;
  /** Steps tried, over all levels. */
  readonly iterations: number;
}

/** What is enough on one level. */
export interface LevelSettings {
  /** Pixels per image. */
  readonly pixels: number;
  readonly maxSteps: number;
  /** A step that is expected to gain less than this share of the cost is the last; it leaves a small part of that. */
  readonly tolerance: number;
  /** How well a step solves its equations: what is left of them. */
  readonly residual: number;
}

const LEVELS: readonly LevelSettings[] = [
  { pixels: FEW_PIXELS, maxSteps: 30, tolerance: 1e-4, residual: 1e-3 },
  { pixels: 4000, maxSteps: 20, tolerance: 2e-5, residual: 1e-3 },
  { pixels: Number.POSITIVE_INFINITY, maxSteps: 20, tolerance: 3e-4, residual: 1e-3 },
];

/** The first level alone: where cameras are, nearly; depths only at few pixels. */
export const COARSE_LEVELS: readonly LevelSettings[] = LEVELS.slice(0, 1);
/** Where cameras are, well enough to refine them from there: among hundreds of photos more steps bring hardly more than the first guess. */
export const DRAFT_LEVELS: readonly LevelSettings[] = [
  { pixels: FEW_PIXELS, maxSteps: 10, tolerance: 1e-3, residual: 3e-2 },
];

/** Pixels per image that tell how the objective bends: with so few, steps are as good, and their Hessians cost a third. */
const BENDING_PIXELS = 150;

/** How well depths are found on the way, and at the end of a level. */
const SETTLE: Settling = { tolerance: 1e-5, maxSteps: 10 };
const SETTLE_LAST: Settling = { tolerance: 1e-7, maxSteps: 10 };

/** After a gain of this share of the cost the Hessian is evaluated anew. */
const LARGE_GAIN = 1e-3;
/** A step that is expected to gain less than this share of the cost is not worth an evaluation. */
const NEGLIGIBLE_GAIN = 1e-9;

/** Among so many images conjugate gradients need no help by the motions of groups. */
const FEW_IMAGES = 24;

const FIRST_DAMPING = 1e-4;
const MAX_DAMPING = 1e4;
/** After a step that failed so many good ones keep their damping: with less, the next would mostly fail, too. */
const CAUTIOUS_STEPS = 4;

/** Reweighted least squares steps too short on distances; up to twice their length can still not raise the objective. */
const RELAXATION = { distance: 1.3, squared: 1 };

/**
 * The world with the least cost near `start`: Levenberg-Marquardt steps that never raise it, coarse to fine over
 * pixels. Gradients are those of the pixels at hand; the Hessian is always taken over fewer still, where it is cheap and
 * much the same.
 */
export async function minimize(
  start: World,
  problem: Problem,
  options: RunOptions = {},
  levels: readonly LevelSettings[] = LEVELS,
): Promise<Minimum> {
  const { sizes, pairs } = problem;
  const full = fullLevel(sizes, pairs);
  const coarse = coarseLevel(sizes, pairs);
  const curvature = new CoarseCurvature(coarseLevel(sizes, pairs, BENDING_PIXELS), problem);
  curvature.moveTo(start);
  let result: Descent | undefined;
  let iterations = 0;
  for (const [k, settings] of levels.entries()) {
    const isLast = settings.pixels === Number.POSITIVE_INFINITY;
    const level = isLast
      ? full
      : settings.pixels === FEW_PIXELS
        ? coarse
        : sampleLevel(full, sizes, pairs, settings.pixels);
    result = await descend(result?.world ?? start, level, { ...settings, problem, curvature, ...options });
    iterations += result.steps;
    const done = Math.floor((sizes.length * (k + 1)) / levels.length);
    options.onProgress?.({ stage: "align", done, total: sizes.length });
  }
  const { world, depths, loss } = result!;
  return { world, depths, loss, iterations };
}

interface Descent extends ObjectiveValue {
  readonly world: World;
  readonly steps: number;
}

async function descend(
  start: World,
  level: Level,
  options: LevelSettings & RunOptions & { readonly problem: Problem; readonly curvature: CoarseCurvature },
): Promise<Descent> {
  const { problem, curvature, maxSteps, tolerance, residual, signal } = options;
  const { constraints, penalty, ties, focalPriors } = problem;
  /** Depths that are no longer needed: hundreds of evaluations share two of them. */
  let spare: readonly Float32Array[] | undefined;
  /** The last evaluation is for the cost alone; its gradient is not needed. */
  const visit = (world: World, depths?: readonly Float32Array[], isLast = false) => {
    const evaluateOptions = { penalty, settle: isLast ? SETTLE_LAST : SETTLE, start: depths, into: spare };
    const found = isLast
      ? { ...objective(world, level, evaluateOptions), gradient: new Float64Array(constraints.frozen.length) }
      : evaluate(world, level, evaluateOptions);
    const regularization = addTies(world, ties, found.gradient) + addFocalPriors(world, focalPriors, found.gradient);
    return { ...found, world, cost: found.loss + regularization };
  };
  let best = visit(start);
  let damping = FIRST_DAMPING;
  let caution = 0;
  let steps = 0;
  while (steps < maxSteps && damping < MAX_DAMPING) {
    await nextTurn(signal);
    const step = newtonStep(curvature.hessians, best.gradient, { damping, residual, constraints }, curvature.ofGroups);
    const expected = expectedGain(step, best.gradient);
    if (!(expected > NEGLIGIBLE_GAIN * best.cost)) break;
    steps++;
    const isLast = expected < tolerance * best.cost;
    const change = step.map((value) => RELAXATION[penalty.kind] * value);
    const next = visit(moveWorld(best.world, change), best.depths, isLast);
    const gain = best.cost - next.cost;
    spare = (gain > 0 ? best : next).depths;
    if (!(gain > 0)) {
      // Weights that are no longer those of the world mislead, however short steps become.
      if (curvature.world === best.world) {
        damping *= 10;
        caution = CAUTIOUS_STEPS;
      } else curvature.moveTo(best.world);
      continue;
    }
    best = next;
    if (caution > 0) caution--;
    else damping /= 10;
    if (isLast) break;
    if (gain > LARGE_GAIN * best.cost) curvature.moveTo(best.world);
  }
  return { ...best, steps };
}

/** By how much a step lowers the cost by the quadratic model. */
function expectedGain(step: Float64Array, gradient: Float64Array): number {
  return -0.5 * step.reduce((sum, value, k) => sum + value * gradient[k]!, 0);
}

/** The Hessian over few pixels, regularizer and priors included, at the world where it was last evaluated. */
class CoarseCurvature {
  readonly #level: Level;
  readonly #problem: Problem;
  #depths: readonly Float32Array[] | undefined;
  #hessians: readonly ImageHessian[] = [];
  readonly #groups: MotionGroups | undefined;
  #world: World | undefined;
  #ofGroups: GroupCurvature | undefined;

  constructor(level: Level, problem: Problem) {
    this.#level = level;
    this.#problem = problem;
    this.#groups = level.length > FEW_IMAGES ? motionGroups(level.length, problem.pairs) : undefined;
  }

  /** By image. */
  get hessians(): readonly ImageHessian[] {
    return this.#hessians;
  }

  /** Undefined among few images. */
  get ofGroups(): GroupCurvature | undefined {
    return this.#ofGroups;
  }

  /** Where it was evaluated last. */
  get world(): World | undefined {
    return this.#world;
  }

  moveTo(world: World): void {
    this.#world = world;
    const { penalty, ties, focalPriors, constraints } = this.#problem;
    const depths = this.#depths;
    this.#depths = objective(world, this.#level, { penalty, settle: SETTLE, start: depths, into: depths }).depths;
    this.#hessians = hessian(world, this.#level, this.#depths, penalty, this.#hessians);
    addTieCurvature(ties, this.#hessians);
    addFocalCurvature(focalPriors, this.#hessians);
    if (this.#groups) {
      const motions = groupMotions(world, this.#groups, constraints);
      this.#ofGroups = groupCurvature(motions, this.#hessians);
    }
  }
}

/** Yields to the event loop, so that other work runs and a signal can arrive. */
async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}
