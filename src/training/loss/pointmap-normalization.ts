import { expand, reshape, sum } from "../../tensor/operators/broadcasting.ts";
import { add, divide, log, maximum, multiply, scalar, sqrt, subtract } from "../../tensor/operators/elementwise.ts";
import { concat, transpose } from "../../tensor/operators/movement.ts";
import { lowerMedian } from "../../tensor/operators/order.ts";
import { euclideanLength } from "../../tensor/operators/reduction.ts";
import { constant, type Tensor } from "../../tensor/tensor.ts";

/** Something of view 1 and of view 2. */
export type Both<T> = readonly [T, T];

/** The same of what each of both views has. */
export function mapBoth<A, B>([first, second]: Both<A>, f: (value: A, view: 0 | 1) => B): Both<B> {
  return [f(first, 0), f(second, 1)];
}

/**
 * What a sample's points are divided by, both views together: the mean distance to the origin (z, equation 3 of the DUSt3R
 * paper), its logarithmic or square-root relatives, or the median. `average-warped` shrinks the points to the
 * logarithm of their distance first.
 */
export type NormMode = "average" | "average-log" | "average-warped" | "median" | "square-root";

const SMALLEST = scalar(1e-8);

/** Both views' points divided by the factor of their sample, `[batch, 1, 1, 1]`, through which gradients pass. */
export function normalizePointmaps(
  points: Both<Tensor>,
  valid: Both<Tensor>,
  mode: NormMode,
): { readonly points: Both<Tensor>; readonly factor: Tensor } {
  const lengths = mapBoth(points, (view) => euclideanLength(view, 2));
  const factor = maximum(normFactor(lengths, valid, mode), SMALLEST);
  const scaled = mapBoth(points, (view, i) =>
    mode === "average-warped" ? multiply(view, divide(log1p(lengths[i]), maximum(lengths[i], SMALLEST))) : view,
  );
  return { points: mapBoth(scaled, (view) => divide(view, factor)), factor };
}

function normFactor(lengths: Both<Tensor>, valid: Both<Tensor>, mode: NormMode): Tensor {
  switch (mode) {
    case "average":
      return validAverage(lengths, valid);
    case "average-log":
    case "average-warped":
      return validAverage(mapBoth(lengths, log1p), valid);
    case "square-root": {
      const root = validAverage(mapBoth(lengths, sqrt), valid);
      return multiply(root, root);
    }
    case "median":
      return reshape(lowerMedian(sampleRows(lengths), sampleRows(valid)), [lengths[0].shape[0]!, 1, 1, 1]);
  }
}

function validAverage(values: Both<Tensor>, valid: Both<Tensor>): Tensor {
  const perSample = (views: Both<Tensor>) => add(...mapBoth(views, (view) => sum(view, [1, 2, 3], true)));
  return divide(perSample(mapBoth(values, (value, i) => multiply(value, valid[i]))), add(perSample(valid), SMALLEST));
}

function log1p(x: Tensor): Tensor {
  return log(add(x, scalar(1)));
}

const DEPTH_ONLY = constant(Float32Array.of(0, 0, 1), [3, 1]);

/** Both views' points moved along z until the median depth of their sample is 0. */
export function withoutMedianDepth(points: Both<Tensor>, valid: Both<Tensor>): Both<Tensor> {
  const center = reshape(medianCenter(points, valid), [points[0].shape[0]!, 1, 3, 1]);
  const depth = multiply(center, DEPTH_ONLY);
  return mapBoth(points, (view) => subtract(view, depth));
}

/** Median distance of a sample's valid points from their median, both views together, `[batch, 1, 1, 1]`. */
export function medianSpread(points: Both<Tensor>, valid: Both<Tensor>): Tensor {
  const distances = euclideanLength(subtract(sampleRows(points), medianCenter(points, valid)), 1);
  return reshape(lowerMedian(distances, sampleRows(valid)), [distances.shape[0]!, 1, 1, 1]);
}

/** Median x, y and z of a sample's valid points, both views together, `[batch, 3, 1]`. */
export function medianCenter(points: Both<Tensor>, valid: Both<Tensor>): Tensor {
  const rows = sampleRows(points);
  return lowerMedian(rows, expand(sampleRows(valid), rows.shape));
}

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
    scale = leastSquares(divide(weight, maximum(distance, SMALLEST)));
  }
  return reshape(maximum(scale, scalar(1e-3)), [source.shape[0]!]);
}

/** `[batch, patches, channels, pixels]` of both views as one row per sample and channel, `[batch, channels, n]`. */
function sampleRows(views: Both<Tensor>): Tensor {
  const rows = mapBoth(views, (view) => {
    const [batch, patches, channels, pixels] = view.shape as [number, number, number, number];
    return reshape(transpose(view, [0, 2, 1, 3]), [batch, channels, patches * pixels]);
  });
  return concat(rows, -1);
}
