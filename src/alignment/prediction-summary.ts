import type { ImagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { believedFocal } from "./likely-focal.ts";
import { pairScore, raiseConfidence } from "./pair-confidence.ts";
import { type GrowingForest, growingForest, type WeightedEdge } from "./spanning-forest.ts";

/** A pair that holds the scene together; its weight is its score. */
export interface TreeEdge extends WeightedEdge {
  readonly prediction: PairPrediction;
}

/** One image by itself, from the pairs so far. */
export interface ImageEvidence {
  readonly size: ImagePlane;
  /** The strongest pair that has the image as view 1: its first pointmap is in the camera's frame. */
  readonly strongest: PairPrediction | undefined;
  /** The score of that pair. */
  readonly score: number;
  /** `[height, width]`, the highest of all pairs; 1 before any. */
  readonly confidence: Float32Array;
}

/** One image by itself, from all pairs. */
export interface ImageSummary extends ImageEvidence {
  /** The likely focal length, or else the one estimated from the pointmap, in pixels. */
  readonly focal: number | undefined;
  /** What was likely beforehand, unless the pointmap clearly contradicts it. */
  readonly likelyFocal: number | undefined;
}

/** What is kept of the streamed predictions. */
export interface PredictionSummary {
  /** The strongest pairs that connect all that can be connected: at most one fewer than there are images. */
  readonly forest: readonly TreeEdge[];
  readonly images: readonly ImageSummary[];
}

/**
 * A summary that predictions are still added to. Its size depends on the images and not on the number of pairs: of all
 * predictions only those of the forest and the best of each image are kept, as they are, so their producer must not write
 * into them again.
 */
export interface RunningSummary {
  readonly forest: GrowingForest<TreeEdge>;
  readonly images: ImageEvidence[];
}

/** The summary of no predictions. */
export function emptySummary(sizes: readonly ImagePlane[]): RunningSummary {
  const images = sizes.map((size) => {
    const confidence = new Float32Array(size.width * size.height).fill(1);
    return { size, strongest: undefined, score: 0, confidence };
  });
  return { forest: growingForest(), images };
}

/** Adds one more prediction. */
export function addPrediction({ forest, images }: RunningSummary, prediction: PairPrediction): void {
  const { view1, view2 } = prediction;
  const weight = pairScore(prediction);
  raiseConfidence(images[view1]!.confidence, prediction.confidence1);
  raiseConfidence(images[view2]!.confidence, prediction.confidence2);
  forest.add({ view1, view2, weight, prediction });
  if (weight > images[view1]!.score) images[view1] = { ...images[view1]!, strongest: prediction, score: weight };
}

/** The summary once all predictions are in; `likelyFocals` by image, as in `AlignPriors`. */
export function finishSummary(
  { forest, images }: RunningSummary,
  likelyFocals: readonly (number | undefined)[] = [],
): PredictionSummary {
  return {
    forest: forest.edges(),
    images: images.map((image, i) => {
      const own = image.strongest && estimateFocal(image.strongest.pointmap1, image.size);
      const likelyFocal = believedFocal(likelyFocals[i], { own, confidence: meanConfidence(image.confidence) });
      return { ...image, focal: likelyFocal ?? own, likelyFocal };
    }),
  };
}

/** The mean of a confidence map. */
export function meanConfidence(confidence: Float32Array): number {
  return confidence.reduce((sum, c) => sum + c, 0) / confidence.length;
}
