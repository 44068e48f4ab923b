import type { Tensor } from "../../tensor/tensor.ts";

/**
 * Losses see pointmaps as planes, `[batch, patches, 3, pixels]`: a linear head's patches as they leave it, or whole
 * images as one patch. Which pixel stands where does not matter as long as predictions and truth agree. Confidences,
 * masks and distances are `[batch, patches, 1, pixels]`.
 */
export interface PredictedView {
  /** In the camera frame of view 1, up to scale. */
  readonly points: Tensor;
  readonly confidence: Tensor;
}

/** What is true of a view. */
export interface TargetView {
  /** In the camera frame of view 1; anything finite where not valid. */
  readonly points: Tensor;
  /** 1 where the truth is known, else 0. */
  readonly valid: Tensor;
}

/** Something of view 1 and of view 2. */
export type Both<T> = readonly [T, T];

/** A batch of pairs, predicted and true. */
export interface LossViews {
  readonly predictions: Both<PredictedView>;
  readonly targets: Both<TargetView>;
}

/** A number to minimise, and the parts worth logging. */
export interface LossTerms {
  readonly loss: Tensor;
  readonly details: Readonly<Record<string, Tensor>>;
}

/** A training or evaluation loss of a batch. */
export type Criterion = (views: LossViews) => LossTerms;

/** Distance of every predicted point from the true one; meaningful where valid. */
export type PointwiseLoss = (views: LossViews) => Both<Tensor>;

export function mapBoth<A, B>([first, second]: Both<A>, f: (value: A, view: 0 | 1) => B): Both<B> {
  return [f(first, 0), f(second, 1)];
}
