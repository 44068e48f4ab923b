import { expect } from "vitest";
import { gaussian, type Random } from "../src/core/random.ts";
import { gradients } from "../src/tensor/gradients.ts";
import { sum } from "../src/tensor/operators/broadcasting.ts";
import { multiply } from "../src/tensor/operators/elementwise.ts";
import { elementCount, type Shape } from "../src/tensor/shape.ts";
import { input, type Tensor } from "../src/tensor/tensor.ts";
import { compile } from "./run-graph.ts";

export interface GradientCheckOptions {
  readonly random: Random;
  /** Where to differentiate; standard normal numbers by default. */
  readonly sample?: (random: Random) => number;
  /** Allowed difference, relative to the sum of |gradient · direction|. */
  readonly tolerance?: number;
}

/** Fourth-order central differences along a direction need these. */
const STEPS = [-2, -1, 1, 2] as const;
const WEIGHTS = [1 / 12, -8 / 12, 8 / 12, -1 / 12] as const;
const STEP = 0.01;

/**
 * Compares the gradient of a random weighting of `build`'s result with finite differences along a random direction,
 * one input at a time.
 */
export async function expectGradients(
  shapes: readonly Shape[],
  build: (...inputs: Tensor[]) => Tensor,
  { random, sample = gaussian, tolerance = 3e-3 }: GradientCheckOptions,
): Promise<void> {
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape));
  const result = build(...inputs);
  const loss = sum(multiply(result, input("weights", result.shape)));
  const outputs = Object.fromEntries(gradients(loss, inputs).map((gradient, i) => [`g${i}`, gradient]));
  for (const [i, shape] of shapes.entries()) expect(outputs[`g${i}`]!.shape).toEqual(shape);
  const drawn = (shape: Shape, draw: (random: Random) => number) => ({
    shape,
    data: Float32Array.from({ length: elementCount(shape) }, () => draw(random)),
  });
  const feeds = Object.fromEntries(shapes.map((shape, i) => [`x${i}`, drawn(shape, sample)]));
  const weights = drawn(result.shape, gaussian);
  const graph = await compile({ ...outputs, loss });
  try {
    const analytic = await graph.run({ ...feeds, weights });
    for (const [i, shape] of shapes.entries()) {
      const direction = drawn(shape, gaussian).data;
      const at = feeds[`x${i}`]!.data;
      let numeric = 0;
      for (const [k, step] of STEPS.entries()) {
        const data = at.map((value, j) => value + STEP * step * direction[j]!);
        const { loss: value } = await graph.run({ ...feeds, [`x${i}`]: { shape, data }, weights });
        numeric += (WEIGHTS[k]! * value![0]!) / STEP;
      }
      const products = Array.from(analytic[`g${i}`]!, (g, j) => g * direction[j]!);
      const scale = products.reduce((total, product) => total + Math.abs(product), 0);
      const along = products.reduce((a, b) => a + b, 0);
      // Rounding of the loss itself, divided by the step.
      const noise = (4e-7 * (1 + Math.abs(analytic.loss![0]!) + weights.data.length)) / STEP;
      if (!(Math.abs(numeric - along) <= tolerance * scale + noise)) {
        expect.fail(`input ${i} [${shape}]: finite differences ${numeric}, gradient ${along}`);
      }
    }
  } finally {
    await graph.dispose();
  }
}
