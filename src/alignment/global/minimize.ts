import type { RunOptions } from "../../core/progress.ts";
import type { Size } from "../../core/view.ts";
import type { Constraints } from "./constraints.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { addTieCurvature, addTies, type FrameTies } from "./frame-ties.ts";
import { hessian, type ImageHessian } from "./hessian.ts";
import { newtonStep } from "./newton-step.ts";
import { FEW_PIXELS, fullLevel, type Level, sampleLevel, type WeightedPair } from "./observation.ts";
import type { Penalty, Settling } from "./pixel-tile.ts";
import { moveWorld, type World } from "./world.ts";

/** What is minimised: the objective and the weak pull of the ties, among the free changes. */
export interface Problem {
  /** By image. */
  readonly sizes: readonly Size[];
  readonly pairs: readonly WeightedPair[];
  readonly constraints: Constraints;
  readonly ties: FrameTies;
  readonly penalty: Penalty;
}

/** Where that is least. */
export interface Minimum {
  readonly world: World;
  /** By image, `[height, width]`, z-depths; 0 where there is none. */
  readonly depths: readonly Float64Array[];
  /** The objective, without the ties, over all pixels. */
  readonly loss: number;
  /** Steps tried, over all levels. */
  readonly iterations: number;
}

/** What is enough on one level. */
interface Stage {
  /** Pixels per image. */
  readonly pixels: number;
  readonly maxSteps: number;
  /** A gain below this share of the cost ends the stage. */
  readonly tolerance: number;
}

const STAGES: readonly Stage[] = [
  { pixels: FEW_PIXELS, maxSteps: 30, tolerance: 1e-4 },
  { pixels: 4000, maxSteps: 20, tolerance: 1e-7 },
  { pixels: Number.POSITIVE_INFINITY, maxSteps: 20, tolerance: 3e-5 },
];

/** Nearly always two or three steps. */
const SETTLE: Settling = { tolerance: 3e-6, maxSteps: 10 };

/** A gain of this share of the cost moves the world so much that the Hessian is taken anew. */
const LARGE_GAIN = 1e-3;

const FIRST_DAMPING = 1e-4;
const MAX_DAMPING = 1e4;

/** Reweighted least squares steps too short on distances; up to twice their length can still not raise the objective. */
const RELAXATION = { distance: 1.3, squared: 1 };

/**
 * The world with the least cost near `start`: damped Newton steps that never let it rise, over more and more pixels.
 * Gradients are those of the pixels at hand; the Hessian is always taken over the fewest, where it is cheap and much the
 * same.
 */
export async function minimize(start: World, problem: Problem, options: RunOptions = {}): Promise<Minimum> {
  const { sizes, pairs } = problem;
  const full = fullLevel(sizes, pairs);
  const curvature = new CoarseCurvature(sampleLevel(full, sizes, FEW_PIXELS), problem);
  let result: Descent | undefined;
  let iterations = 0;
  for (const [k, stage] of STAGES.entries()) {
    const isLast = stage.pixels === Number.POSITIVE_INFINITY;
    const level = isLast ? full : sampleLevel(full, sizes, stage.pixels);
    result = await descend(result?.world ?? start, level, { ...stage, problem, curvature, ...options });
    iterations += result.steps;
    const done = Math.floor((sizes.length * (k + 1)) / STAGES.length);
    options.onProgress?.({ stage: "align", done, total: sizes.length });
  }
  const { world, evaluation } = result!;
  return { world, depths: evaluation.depths, loss: evaluation.loss, iterations };
}

interface Descent {
  readonly world: World;
  readonly evaluation: Evaluation;
  readonly steps: number;
}

async function descend(
  start: World,
  level: Level,
  options: Stage & RunOptions & { readonly problem: Problem; readonly curvature: CoarseCurvature },
): Promise<Descent> {
  const { problem, curvature, maxSteps, tolerance, signal } = options;
  const { constraints, penalty, ties } = problem;
  const evaluateTied = (world: World, from?: Evaluation) => {
    const evaluation = evaluate(world, level, { penalty, settle: SETTLE, start: from?.depths });
    return { ...evaluation, cost: evaluation.loss + addTies(world, ties, evaluation.gradient) };
  };
  let world = start;
  let evaluation = evaluateTied(world);
  let hessians = curvature.at(world);
  let damping = FIRST_DAMPING;
  let steps = 0;
  while (steps < maxSteps && damping < MAX_DAMPING) {
    await nextTurn(signal);
    steps++;
    const step = newtonStep(hessians, evaluation.gradient, damping, constraints);
    if (expectedGain(step, evaluation.gradient) < tolerance * evaluation.cost) break;
    const candidate = moveWorld(
      world,
      step.map((value) => RELAXATION[penalty.kind] * value),
    );
    const next = evaluateTied(candidate, evaluation);
    const gain = evaluation.cost - next.cost;
    if (!(gain > 0)) {
      damping *= 10;
      continue;
    }
    world = candidate;
    evaluation = next;
    damping /= 10;
    if (gain < tolerance * evaluation.cost) break;
    // Later steps are so small that the Hessian hardly changes any more.
    if (gain > LARGE_GAIN * evaluation.cost) hessians = curvature.at(world);
  }
  return { world, evaluation, steps };
}

/** By how much the quadratic model says that a Newton step lowers the cost. */
function expectedGain(step: Float64Array, gradient: Float64Array): number {
  return -0.5 * step.reduce((sum, value, k) => sum + value * gradient[k]!, 0);
}

/** The Hessian over few pixels, ties included. */
class CoarseCurvature {
  readonly #level: Level;
  readonly #problem: Problem;
  #depths: readonly Float64Array[] | undefined;
  #last: { readonly world: World; readonly hessians: readonly ImageHessian[] } | undefined;

  constructor(level: Level, problem: Problem) {
    this.#level = level;
    this.#problem = problem;
  }

  at(world: World): readonly ImageHessian[] {
    if (this.#last?.world === world) return this.#last.hessians;
    const { penalty, ties } = this.#problem;
    this.#depths = evaluate(world, this.#level, { penalty, settle: SETTLE, start: this.#depths }).depths;
    const hessians = hessian(world, this.#level, this.#depths, penalty);
    addTieCurvature(ties, hessians);
    this.#last = { world, hessians };
    return hessians;
  }
}

/** Lets other work have its turn, which is also when a signal can arrive. */
async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}
