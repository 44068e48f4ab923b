import type { Pose } from "../core/camera.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { identityPose, invertRigid } from "../geometry/pose.ts";
import { IDENTITY_SIMILARITY } from "../geometry/similarity.ts";
import type { AlignOptions } from "./align-options.ts";
import { locateCamera } from "./locate-camera.ts";
import { pairScore, raiseConfidence } from "./pair-confidence.ts";
import type { ImageEstimate, Placement } from "./scene-images.ts";

/**
 * Two photos from both of their ordered pairs, `predictions[i]` being the one with image i as view 1. The prediction
 * that is surer of itself gives the world, both depth maps and, by PnP on its second pointmap, the other camera. Where
 * that fails the other prediction is asked; if neither gives a camera, the second photo stays without a place.
 */
export function alignPair(
  predictions: readonly [PairPrediction, PairPrediction],
  options: AlignOptions = {},
): ImageEstimate[] {
  const unplaced = predictions.map(({ size1, pointmap1, confidence1 }, i): ImageEstimate => {
    const confidence = confidence1.slice();
    raiseConfidence(confidence, predictions[1 - i]!.confidence2);
    return { size: size1, focal: estimateFocal(pointmap1, size1), confidence, placement: undefined };
  });
  const surer = pairScore(predictions[0]) > pairScore(predictions[1]) ? 0 : 1;
  for (const anchor of [surer, 1 - surer]) {
    const { pointmap1, pointmap2 } = predictions[anchor]!;
    const other = unplaced[1 - anchor]!;
    const located = locateCamera({ ...other, pointmap: pointmap2 }, options);
    if (located === undefined) continue;
    const worldFromOther = invertRigid(located.camFromPoints);
    const estimates = [
      { ...unplaced[anchor]!, placement: inPairFrame(pointmap1, identityPose()) },
      { ...other, focal: located.focal, placement: inPairFrame(pointmap2, worldFromOther) },
    ];
    return anchor === 0 ? estimates : estimates.reverse();
  }
  const alone = inPairFrame(predictions[0].pointmap1, identityPose());
  return [{ ...unplaced[0]!, placement: alone }, unplaced[1]!];
}

function inPairFrame(pointmap: Float32Array, worldFromCam: Pose): Placement {
  return { pointmap, worldFromPoints: IDENTITY_SIMILARITY, worldFromCam };
}
