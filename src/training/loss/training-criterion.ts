import { multiply, scalar } from "../../tensor/operators/elementwise.ts";
import { confidenceWeightedLoss, meanLoss } from "./criteria.ts";
import type { Criterion, LossViews } from "./loss-views.ts";
import { pointmapRegressionLoss } from "./pointmap-regression.ts";

/** The paper's loss; without confidence where α is zero. */
export function trainingCriterion(alpha: number): Criterion {
  const pointwise = pointmapRegressionLoss();
  return alpha > 0 ? confidenceWeightedLoss(pointwise, alpha) : meanLoss(pointwise);
}

/** The regression loss of view 1 alone, normalised by itself: what its partner shows is no part of it. */
export function ownViewLoss({ predictions, targets: [target1, target2] }: LossViews): ReturnType<Criterion> {
  const unseen = { ...target2, valid: multiply(target2.valid, scalar(0)) };
  return meanLoss(pointmapRegressionLoss())({ predictions, targets: [target1, unseen] });
}
