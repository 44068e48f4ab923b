import type { Pose } from "../core/camera.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { depthsOf, identityPose, invertRigid } from "../geometry/pose.ts";
import type { AlignOptions } from "./align-options.ts";
import { locateCamera } from "./locate-camera.ts";
import { pairScore, raiseConfidence } from "./pair-confidence.ts";
import { estimatedIntrinsics, type ImageEstimate, type PlacedImage } from "./scene-images.ts";

/**
 * Two photos of these focal lengths from both of their ordered pairs, `predictions[i]` being the one with image i as
 * view 1. The more confident prediction gives the world, both depth maps and, by PnP on its second pointmap, the other
 * camera. Where that fails the other prediction is tried; if neither gives a camera, the second photo stays without a
 * place.
 */
export function alignPair(
  predictions: readonly [PairPrediction, PairPrediction],
  focals: readonly (number | undefined)[],
  options: AlignOptions = {},
): ImageEstimate[] {
  const unplaced = predictions.map(({ size1, confidence1 }, i): ImageEstimate => {
    const confidence = confidence1.slice();
    raiseConfidence(confidence, predictions[1 - i]!.confidence2);
    return { size: size1, intrinsics: estimatedIntrinsics(size1, focals[i]), confidence, placement: undefined };
  });
  const moreConfident = pairScore(predictions[0]) > pairScore(predictions[1]) ? 0 : 1;
  for (const anchor of [moreConfident, 1 - moreConfident]) {
    const { pointmap1, pointmap2 } = predictions[anchor]!;
    const other = unplaced[1 - anchor]!;
    const located = locateCamera({ ...other, pointmap: pointmap2, focal: focals[1 - anchor] }, options);
    if (located === undefined) continue;
    const estimates = [
      { ...unplaced[anchor]!, placement: seenBy(identityPose(), pointmap1) },
      {
        ...other,
        intrinsics: estimatedIntrinsics(other.size, located.focal),
        placement: seenBy(invertRigid(located.camFromPoints), pointmap2),
      },
    ];
    return anchor === 0 ? estimates : estimates.reverse();
  }
  return [{ ...unplaced[0]!, placement: seenBy(identityPose(), predictions[0].pointmap1) }, unplaced[1]!];
}

function seenBy(worldFromCam: Pose, points: Float32Array): PlacedImage {
  return { component: 0, worldFromCam, depth: depthsOf(invertRigid(worldFromCam), points) };
}
