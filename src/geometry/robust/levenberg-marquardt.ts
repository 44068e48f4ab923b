import { solvePositiveDefinite } from "../solve-positive-definite.ts";

/** A sum of squares, or of what replaces them, at a model, and its derivatives by the n ways in which the model can change. */
export interface Equations {
  readonly cost: number;
  /** `[n]`, half of the cost's gradient. */
  readonly gradient: Float64Array;
  /** `[n, n]`, the lower triangle of an approximation to half of the cost's Hessian. */
  readonly hessian: Float64Array;
}

/** What `levenbergMarquardt` needs to know of a problem. */
export interface LeastSquares<Model> {
  equationsAt(model: Model): Equations;
  /** The model after a small change `[n]`. */
  change(model: Model, step: Float64Array): Model;
}

const FIRST_DAMPING = 1e-4;
const LEAST_DAMPING = 1e-9;
const MOST_DAMPING = 1e4;
/** A cost that falls by less than this share of itself has converged. */
const CONVERGED = 1e-6;

/** The model at the end of damped Gauss-Newton steps (Levenberg-Marquardt), none of which raises the cost. */
export function levenbergMarquardt<Model>(start: Model, problem: LeastSquares<Model>, maxIterations: number): Model {
  let model = start;
  let equations = problem.equationsAt(model);
  let damping = FIRST_DAMPING;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const step = dampedStep(equations, damping);
    if (step === undefined) break;
    const candidate = problem.change(model, step);
    const next = problem.equationsAt(candidate);
    if (!(next.cost < equations.cost)) {
      damping *= 10;
      if (damping > MOST_DAMPING) break;
      continue;
    }
    const converged = equations.cost - next.cost < CONVERGED * equations.cost;
    model = candidate;
    equations = next;
    damping = Math.max(damping / 10, LEAST_DAMPING);
    if (converged) break;
  }
  return model;
}

function dampedStep({ gradient, hessian }: Equations, damping: number): Float64Array | undefined {
  const size = gradient.length;
  const matrix = hessian.slice();
  for (let row = 0; row < size; row++) matrix[row * size + row]! *= 1 + damping;
  return solvePositiveDefinite(matrix, gradient)?.map((x) => -x);
}
