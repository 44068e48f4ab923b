import type { PairPrediction } from "../core/pair-prediction.ts";
import { depthsOf, identityPose } from "../geometry/pose.ts";
import { estimatedIntrinsics, type ImageEstimate } from "./scene-images.ts";

/** A single photo of that focal length from the prediction for that photo paired with itself; the world is its camera. */
export function alignMonocular(
  { size1, pointmap1, confidence1 }: PairPrediction,
  focal: number | undefined,
): ImageEstimate {
  return {
    size: size1,
    intrinsics: estimatedIntrinsics(size1, focal),
    confidence: confidence1,
    placement: { component: 0, depth: depthsOf(identityPose(), pointmap1), worldFromCam: identityPose() },
  };
}
