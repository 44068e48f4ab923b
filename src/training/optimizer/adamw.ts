import type { ParameterLayout } from "./parameter-layout.ts";

export interface AdamwOptions {
  /** Decay rate of the first moment, β₁. */
  readonly beta1: number;
  /** Decay rate of the second moment, β₂. */
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled weight decay of matrices and kernels, times the learning rate; never of vectors. */
  readonly weightDecay: number;
}

/** Section 4 of the paper's supplement. */
export const ADAMW_DEFAULTS: AdamwOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05 };

/** The optimizer's state: first and second moments, `[length]` each. */
export interface AdamwState {
  steps: number;
  readonly mean: Float32Array;
  readonly meanSquare: Float32Array;
}

export function adamwState({ length }: ParameterLayout): AdamwState {
  return { steps: 0, mean: new Float32Array(length), meanSquare: new Float32Array(length) };
}

/** One step of AdamW (Loshchilov & Hutter 2019), in place. */
export function adamwStep(
  values: Float32Array,
  gradient: Float32Array,
  state: AdamwState,
  { layout, learningRate, ...options }: Partial<AdamwOptions> & { layout: ParameterLayout; learningRate: number },
): void {
  const { beta1, beta2, epsilon, weightDecay } = { ...ADAMW_DEFAULTS, ...options };
  const { mean, meanSquare } = state;
  state.steps++;
  const rate = learningRate / (1 - beta1 ** state.steps);
  const correction = 1 / Math.sqrt(1 - beta2 ** state.steps);
  for (const { shape, start, end } of layout.ranges.values()) {
    const keep = shape.length > 1 ? 1 - learningRate * weightDecay : 1;
    for (let i = start; i < end; i++) {
      const g = gradient[i]!;
      const m = beta1 * mean[i]! + (1 - beta1) * g;
      const v = beta2 * meanSquare[i]! + (1 - beta2) * g * g;
      mean[i] = m;
      meanSquare[i] = v;
      values[i] = keep * values[i]! - (rate * m) / (Math.sqrt(v) * correction + epsilon);
    }
  }
}

/** Euclidean norm of a gradient. */
export function gradientNorm(gradient: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  return Math.sqrt(sum);
}

/** Clips a gradient to the norm `longest`, in place; gives its norm before. */
export function clipGradient(gradient: Float32Array, longest: number): number {
  const norm = gradientNorm(gradient);
  if (norm > longest) {
    const factor = longest / norm;
    for (let i = 0; i < gradient.length; i++) gradient[i]! *= factor;
  }
  return norm;
}
