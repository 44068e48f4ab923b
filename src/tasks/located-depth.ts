import type { Pose } from "../core/camera.ts";
import { medianRatio } from "../geometry/median-ratio.ts";
import { depthsOf } from "../geometry/pose.ts";
import type { MapObservation } from "./localization.ts";
import { pointsAt, samplePixels } from "./pixel-samples.ts";

/** What a located photo shows. */
export interface LocatedDepth {
  /** `[height, width]` of the query's view: z-depth in the map's units, 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`, at least 1: the best that any pair says. */
  readonly confidence: Float32Array;
}

/**
 * The depth map of a query that has been located in a map: each pair's own, scaled so that the map's points lie where they
 * are known to be, averaged with the confidences as weights (the paper's multi-view depth, section 4.4). Undefined where no
 * view of the map gives a scale.
 */
export function locatedDepth(
  observations: readonly MapObservation[],
  camFromWorld: Pose,
  minConfidence?: number,
): LocatedDepth | undefined {
  const { size1 } = observations[0]!.prediction;
  const pixels = size1.width * size1.height;
  const sum = new Float64Array(pixels);
  const weights = new Float64Array(pixels);
  const confidence = new Float32Array(pixels).fill(1);
  for (const { prediction, mapView } of observations) {
    const { pointmap1, confidence1, pointmap2, confidence2 } = prediction;
    const chosen = samplePixels(confidence2, minConfidence);
    const known = depthsOf(camFromWorld, pointsAt(mapView.worldPoints, chosen));
    const scale = medianRatio(
      known,
      Float32Array.from(chosen, (pixel) => pointmap2[3 * pixel + 2]!),
    );
    if (scale === undefined) continue;
    for (let i = 0; i < pixels; i++) {
      confidence[i] = Math.max(confidence[i]!, confidence1[i]!);
      const z = scale * pointmap1[3 * i + 2]!;
      if (!(z > 0)) continue;
      sum[i]! += confidence1[i]! * z;
      weights[i]! += confidence1[i]!;
    }
  }
  if (weights.every((weight) => weight === 0)) return undefined;
  return { depth: Float32Array.from(sum, (value, i) => (weights[i]! > 0 ? value / weights[i]! : 0)), confidence };
}
