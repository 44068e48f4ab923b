import { depthsOf, identityPose } from "../geometry/pose.ts";
import type { PredictionSummary } from "./prediction-summary.ts";
import { estimatedIntrinsics, type ImageEstimate } from "./scene-images.ts";

/** Every image by itself, in a world of its own: its depth by its strongest pair with it as view 1. */
export function alignIndividually({ images }: PredictionSummary): ImageEstimate[] {
  return images.map(({ size, focal, strongest, confidence }, component) => ({
    size,
    intrinsics: estimatedIntrinsics(size, focal),
    confidence,
    placement: strongest && {
      component,
      worldFromCam: identityPose(),
      depth: depthsOf(identityPose(), strongest.pointmap1),
    },
  }));
}
