import { add, divide, log, maximum, multiply, scalar, subtract } from "../../tensor/operators/elementwise.ts";
import { sum } from "../../tensor/operators/reduction.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type Both, type Criterion, type LossTerms, mapBoth, type PointwiseLoss } from "./loss-views.ts";

/** Mean over the valid pixels of view 1 plus the same of view 2 (equation 2 of the paper); 0 for an empty view. */
export function meanLoss(pointwise: PointwiseLoss): Criterion {
  return (views) =>
    bothMeans(
      "regressionLoss",
      pointwise(views),
      mapBoth(views.targets, ({ valid }) => valid),
    );
}

/**
 * Equation 4 of the paper: every distance weighted by the predicted confidence C, less α log C, without which the
 * network would be sure of nothing.
 */
export function confidenceWeightedLoss(pointwise: PointwiseLoss, alpha: number): Criterion {
  return (views) => {
    const distances = pointwise(views);
    const valid = mapBoth(views.targets, (target) => target.valid);
    const weighted = mapBoth(distances, (distance, view) => {
      const { confidence } = views.predictions[view];
      return subtract(multiply(distance, confidence), multiply(log(confidence), scalar(alpha)));
    });
    const { loss, details } = bothMeans("confidenceLoss", weighted, valid);
    return { loss, details: { ...details, ...bothMeans("regressionLoss", distances, valid).details } };
  };
}

/** Several criteria, each with its weight; their details are told apart by the criterion's number. */
export function weightedSum(terms: readonly (readonly [weight: number, criterion: Criterion])[]): Criterion {
  return (views) => {
    const answers = terms.map(([, criterion]) => criterion(views));
    const weighted = answers.map(({ loss }, i) => multiply(loss, scalar(terms[i]![0])));
    const details = answers.flatMap((answer, i) =>
      Object.entries(answer.details).map(([name, value]) => [`${name}.${i + 1}`, value] as const),
    );
    return { loss: weighted.reduce(add), details: Object.fromEntries(details) };
  };
}

function bothMeans(name: string, values: Both<Tensor>, valid: Both<Tensor>): LossTerms {
  const [view1, view2] = mapBoth(values, (value, view) => meanOverValid(value, valid[view]));
  return { loss: add(view1, view2), details: { [`${name}1`]: view1, [`${name}2`]: view2 } };
}

function meanOverValid(values: Tensor, valid: Tensor): Tensor {
  return divide(sum(multiply(values, valid)), maximum(sum(valid), scalar(1)));
}
