import type { PairPrediction } from "../core/pair-prediction.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { identityPose } from "../geometry/pose.ts";
import { IDENTITY_SIMILARITY } from "../geometry/similarity.ts";
import type { ImageEstimate } from "./scene-images.ts";

/** A single photo from the prediction for that photo paired with itself; the world is its camera. */
export function alignMonocular({ size1, pointmap1, confidence1 }: PairPrediction): ImageEstimate {
  return {
    size: size1,
    focal: estimateFocal(pointmap1, size1),
    confidence: confidence1,
    placement: { pointmap: pointmap1, worldFromPoints: IDENTITY_SIMILARITY, worldFromCam: identityPose() },
  };
}
