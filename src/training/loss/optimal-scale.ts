import { divide, maximum, multiply, scalar, subtract } from "../../tensor/operators/elementwise.ts";
import { reshape } from "../../tensor/operators/movement.ts";
import { lowerMedian } from "../../tensor/operators/order.ts";
import { euclideanLength, sum } from "../../tensor/operators/reduction.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Both } from "./loss-views.ts";
import { sampleRows } from "./pointmap-normalization.ts";

/** `average` is the least-squares scale, `weiszfeld` that of the least sum of distances, `median` that of most points. */
export type ScaleFit = "average" | "median" | "weiszfeld";

const WEISZFELD_ITERATIONS = 10;

/**
 * The scale per sample that takes points closest to others, both views together, at least 0.001.
 * @param from `[batch, patches, 3, pixels]` @param to of the same shape
 * @returns `[batch]`
 */
export function optimalScale(from: Both<Tensor>, to: Both<Tensor>, valid: Both<Tensor>, fit: ScaleFit): Tensor {
  const [source, target, weight] = [sampleRows(from), sampleRows(to), sampleRows(valid)]; // (B, 3, n), (B, 1, n)
  const along = sum(multiply(source, target), [1], true);
  const own = sum(multiply(source, source), [1], true);
  const leastSquares = (weights: Tensor) =>
    divide(sum(multiply(along, weights), [2], true), sum(multiply(own, weights), [2], true));
  let scale = fit === "median" ? lowerMedian(divide(along, own), weight) : leastSquares(weight);
  for (let i = 0; fit === "weiszfeld" && i < WEISZFELD_ITERATIONS; i++) {
    const distance = euclideanLength(subtract(target, multiply(source, scale)), 1);
    scale = leastSquares(divide(weight, maximum(distance, scalar(1e-8))));
  }
  return reshape(maximum(scale, scalar(1e-3)), [source.shape[0]!]);
}
