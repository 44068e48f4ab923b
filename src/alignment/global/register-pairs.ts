import type { Registration } from "../../geometry/register-points.ts";
import { registerPointsRobustly } from "../../geometry/register-points-robustly.ts";
import { composeSimilarities, invertSimilarity } from "../../geometry/similarity.ts";
import type { RelativeSimilarity } from "./average-similarities.ts";
import type { ImageFrame } from "./image-frames.ts";
import type { Level, PointmapObservation, WeightedPair } from "./observation.ts";

/**
 * The similarity between the frames of its two images by each pair, weighted by the lower of the pair's confidences in
 * both images. Undefined where its points fix none.
 */
export function registerPairs(
  pairs: readonly WeightedPair[],
  frames: readonly (ImageFrame | undefined)[],
  level: Level,
): (RelativeSimilarity | undefined)[] {
  return pairs.map(({ view1, view2 }, edge) => {
    const frame1 = frames[view1];
    const frame2 = frames[view2];
    if (frame1 === undefined || frame2 === undefined) return undefined;
    const observation1 = level[view1]!.observationBy(edge);
    const observation2 = level[view2]!.observationBy(edge);
    const frame1FromPair = registerOnFrame(observation1, frame1);
    const frame2FromPair = registerOnFrame(observation2, frame2);
    if (frame1FromPair.status === "failed" || frame2FromPair.status === "failed") return undefined;
    const pairFromFrame2 = invertSimilarity(frame2FromPair.targetFromSource);
    return {
      view1,
      view2,
      frame1FromFrame2: composeSimilarities(frame1FromPair.targetFromSource, pairFromFrame2),
      weight: Math.min(mean(observation1.weights), mean(observation2.weights)),
    };
  });
}

function registerOnFrame({ points, weights }: PointmapObservation, frame: ImageFrame): Registration {
  return registerPointsRobustly(
    points,
    frame.points,
    weights.map((weight, k) => Math.sqrt(weight * frame.weights[k]!)),
  );
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
