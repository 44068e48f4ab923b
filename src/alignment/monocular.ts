import type { PairPrediction } from "../core/pair-prediction.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { depthsOf, identityPose } from "../geometry/pose.ts";
import { estimatedIntrinsics, type ImageEstimate } from "./scene-images.ts";

/** A single photo from the prediction for that photo paired with itself; the world is its camera. */
export function alignMonocular({ size1, pointmap1, confidence1 }: PairPrediction): ImageEstimate {
  return {
    size: size1,
    intrinsics: estimatedIntrinsics(size1, estimateFocal(pointmap1, size1)),
    confidence: confidence1,
    placement: { component: 0, depth: depthsOf(identityPose(), pointmap1), worldFromCam: identityPose() },
  };
}
