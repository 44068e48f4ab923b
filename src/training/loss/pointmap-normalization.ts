import { add, divide, log, maximum, multiply, scalar, sqrt } from "../../tensor/operators/elementwise.ts";
import { concat, reshape, transpose } from "../../tensor/operators/movement.ts";
import { lowerMedian } from "../../tensor/operators/order.ts";
import { euclideanLength, sum } from "../../tensor/operators/reduction.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Both, mapBoth } from "./loss-views.ts";

/**
 * What a sample's points are divided by, both views together: the mean distance to the origin (equation 3 of the
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

/** `[batch, patches, channels, pixels]` of both views as one row per sample and channel, `[batch, channels, n]`. */
export function sampleRows(views: Both<Tensor>): Tensor {
  const rows = mapBoth(views, (view) => {
    const [batch, patches, channels, pixels] = view.shape as [number, number, number, number];
    return reshape(transpose(view, [0, 2, 1, 3]), [batch, channels, patches * pixels]);
  });
  return concat(rows, -1);
}

function validAverage(values: Both<Tensor>, valid: Both<Tensor>): Tensor {
  const perSample = (views: Both<Tensor>) => add(...mapBoth(views, (view) => sum(view, [1, 2, 3], true)));
  return divide(perSample(mapBoth(values, (value, i) => multiply(value, valid[i]))), add(perSample(valid), SMALLEST));
}

function log1p(x: Tensor): Tensor {
  return log(add(x, scalar(1)));
}
