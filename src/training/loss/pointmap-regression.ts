import { divide, maximum, minimum, multiply, scalar, subtract } from "../../tensor/operators/elementwise.ts";
import { expand, reshape } from "../../tensor/operators/movement.ts";
import { lowerMedian } from "../../tensor/operators/order.ts";
import { euclideanLength } from "../../tensor/operators/reduction.ts";
import { constant, type Tensor } from "../../tensor/tensor.ts";
import { type Both, mapBoth, type PointwiseLoss } from "./loss-views.ts";
import { type NormMode, normalizePointmaps, sampleRows } from "./pointmap-normalization.ts";

export interface PointmapRegressionOptions {
  /** How points are normalised before they are compared; not at all when `undefined`. */
  readonly norm: NormMode | undefined;
  /** Compare in the truth's own scale: the truth is left as it is. For networks that predict metric points. */
  readonly trueScale: boolean;
  /** Let the median depth of a pair be anything. */
  readonly shiftInvariant: boolean;
  /** Let the spread of a pair's points about their median be anything. */
  readonly scaleInvariant: boolean;
}

/** The paper's training loss. Evaluation sets all three switches. */
const POINTMAP_REGRESSION_DEFAULTS: PointmapRegressionOptions = {
  norm: "average",
  trueScale: false,
  shiftInvariant: false,
  scaleInvariant: false,
};

const DEPTH_ONLY = constant(Float32Array.of(0, 0, 1), [3, 1]);

/** Euclidean distances between predicted and true points (equation 2 of the paper), normalised as asked for. */
export function pointmapRegressionLoss(options: Partial<PointmapRegressionOptions> = {}): PointwiseLoss {
  const { norm, trueScale, shiftInvariant, scaleInvariant } = { ...POINTMAP_REGRESSION_DEFAULTS, ...options };
  return ({ predictions, targets }) => {
    const valid = mapBoth(targets, (target) => target.valid);
    let predicted = mapBoth(predictions, ({ points }) => points);
    let truth = mapBoth(targets, ({ points }) => points);
    if (norm !== undefined) {
      predicted = normalizePointmaps(predicted, valid, norm).points;
      if (!trueScale) truth = normalizePointmaps(truth, valid, norm).points;
    }
    if (shiftInvariant) {
      predicted = withoutMedianDepth(predicted, valid);
      truth = withoutMedianDepth(truth, valid);
    }
    if (scaleInvariant) {
      const predictedSpread = maximum(minimum(spread(predicted, valid), scalar(1e3)), scalar(1e-3));
      const trueSpread = maximum(spread(truth, valid), scalar(1e-8));
      predicted = mapBoth(predicted, (points) => divide(points, predictedSpread));
      if (trueScale) predicted = mapBoth(predicted, (points) => multiply(points, trueSpread));
      else truth = mapBoth(truth, (points) => divide(points, trueSpread));
    }
    return mapBoth(predicted, (points, view) => euclideanLength(subtract(points, truth[view]), 2));
  };
}

/** Median x, y and z of a pair's valid points, `[batch, 3, 1]`. */
export function jointCenter(points: Both<Tensor>, valid: Both<Tensor>): Tensor {
  const rows = sampleRows(points);
  return lowerMedian(rows, expand(sampleRows(valid), rows.shape));
}

/** Median distance of a pair's valid points from their centre, `[batch, 1, 1, 1]`. */
export function spread(points: Both<Tensor>, valid: Both<Tensor>): Tensor {
  const distances = euclideanLength(subtract(sampleRows(points), jointCenter(points, valid)), 1);
  return reshape(lowerMedian(distances, sampleRows(valid)), [distances.shape[0]!, 1, 1, 1]);
}

function withoutMedianDepth(points: Both<Tensor>, valid: Both<Tensor>): Both<Tensor> {
  const center = reshape(jointCenter(points, valid), [points[0].shape[0]!, 1, 3, 1]);
  const depth = multiply(center, DEPTH_ONLY);
  return mapBoth(points, (view) => subtract(view, depth));
}
