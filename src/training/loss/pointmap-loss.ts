import { sum } from "../../tensor/operators/broadcasting.ts";
import { add, divide, log, maximum, minimum, multiply, scalar, subtract } from "../../tensor/operators/elementwise.ts";
import { euclideanLength } from "../../tensor/operators/reduction.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  type Both,
  mapBoth,
  medianSpread,
  type NormMode,
  normalizePointmaps,
  withoutMedianDepth,
} from "./pointmap-normalization.ts";

/**
 * What a network answers for a view. Losses see pointmaps as planes, `[batch, patches, 3, pixels]`: a linear head's
 * patches as they leave it, or whole images as one patch. Which pixel stands where does not matter as long as predictions
 * and truth agree. Confidences, masks and distances are `[batch, patches, 1, pixels]`.
 */
export interface PredictedView {
  /** X in the camera frame of view 1, up to scale. */
  readonly points: Tensor;
  /** C. */
  readonly confidence: Tensor;
}

/** What is true of a view. */
export interface TargetView {
  /** X̄ in the camera frame of view 1; anything finite where not valid. */
  readonly points: Tensor;
  /** D, the pixels whose truth is known: there 1, else 0. */
  readonly valid: Tensor;
}

/** A batch of pairs, predicted and true. */
export interface LossViews {
  readonly predictions: Both<PredictedView>;
  readonly targets: Both<TargetView>;
}

/** A number to minimize, and the parts worth logging. */
export interface LossTerms {
  readonly loss: Tensor;
  readonly details: Readonly<Record<string, Tensor>>;
}

/** A training or evaluation loss of a batch. */
export type Criterion = (views: LossViews) => LossTerms;

/** A loss of every pixel; meaningful where valid. */
export type PixelwiseLoss = (views: LossViews) => Both<Tensor>;

/** The loss of section 3.2 of the DUSt3R paper: equation 4, or the plain regression loss where α is 0. */
export function trainingCriterion(alpha: number): Criterion {
  return alpha > 0 ? confidenceLoss(regressionLoss(), alpha) : meanLoss(regressionLoss());
}

/** The regression loss of view 1 alone, normalized by itself, without its partner's. */
export function ownViewLoss({ predictions, targets: [target1, target2] }: LossViews): LossTerms {
  const unseen = { ...target2, valid: multiply(target2.valid, scalar(0)) };
  return meanLoss(regressionLoss())({ predictions, targets: [target1, unseen] });
}

/** How predicted and true points are made comparable. The defaults train, as in the paper; the switches are for evaluation. */
export interface RegressionOptions {
  /** What both are divided by; nothing when `undefined`. */
  readonly norm: NormMode | undefined;
  /** Compare in the truth's own scale: the truth is left as it is. For networks that predict metric points. */
  readonly trueScale: boolean;
  /** Invariant to a shift in depth: median depths are subtracted. */
  readonly shiftInvariant: boolean;
  /** Invariant to scale: points are divided by their spread about the median. */
  readonly scaleInvariant: boolean;
}

/** Equation 2 as it stands. */
const REGRESSION_DEFAULTS: RegressionOptions = {
  norm: "average",
  trueScale: false,
  shiftInvariant: false,
  scaleInvariant: false,
};

/** Equation 2, ℓregr = ‖X / z - X̄ / z̄‖: the distance of every predicted point from the true one, both normalized. */
export function regressionLoss(options: Partial<RegressionOptions> = {}): PixelwiseLoss {
  const { norm, trueScale, shiftInvariant, scaleInvariant } = { ...REGRESSION_DEFAULTS, ...options };
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
      const predictedSpread = maximum(minimum(medianSpread(predicted, valid), scalar(1e3)), scalar(1e-3));
      const trueSpread = maximum(medianSpread(truth, valid), scalar(1e-8));
      predicted = mapBoth(predicted, (points) => divide(points, predictedSpread));
      if (trueScale) predicted = mapBoth(predicted, (points) => multiply(points, trueSpread));
      else truth = mapBoth(truth, (points) => divide(points, trueSpread));
    }
    return mapBoth(predicted, (points, view) => euclideanLength(subtract(points, truth[view]), 2));
  };
}

/** The mean over the valid pixels of view 1 plus that of view 2; 0 for an empty view. */
export function meanLoss(pixelwise: PixelwiseLoss): Criterion {
  return (views) => sumOfMeans("regressionLoss", pixelwise(views), views);
}

/**
 * Equation 4, C ℓregr - α log C: every distance weighted by the predicted confidence. Without the second term
 * confidences would fall to their minimum.
 */
export function confidenceLoss(pixelwise: PixelwiseLoss, alpha: number): Criterion {
  return (views) => {
    const distances = pixelwise(views);
    const weighted = mapBoth(distances, (distance, view) => {
      const { confidence } = views.predictions[view];
      return subtract(multiply(distance, confidence), multiply(log(confidence), scalar(alpha)));
    });
    const { loss, details } = sumOfMeans("confidenceLoss", weighted, views);
    return { loss, details: { ...details, ...sumOfMeans("regressionLoss", distances, views).details } };
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

function sumOfMeans(name: string, values: Both<Tensor>, { targets }: LossViews): LossTerms {
  const [view1, view2] = mapBoth(values, (value, view) => meanOverValid(value, targets[view].valid));
  return { loss: add(view1, view2), details: { [`${name}1`]: view1, [`${name}2`]: view2 } };
}

function meanOverValid(values: Tensor, valid: Tensor): Tensor {
  return divide(sum(multiply(values, valid)), maximum(sum(valid), scalar(1)));
}
