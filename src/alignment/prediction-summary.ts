import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size } from "../core/view.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { pairScore, raiseConfidence } from "./pair-confidence.ts";
import { addToForest, type WeightedEdge } from "./spanning-forest.ts";

/** A pair that holds the scene together; its weight is its score. */
export interface TreeEdge extends WeightedEdge {
  readonly prediction: PairPrediction;
}

/** What the pairs say of one image by itself. */
export interface ImageSummary {
  readonly size: Size;
  /** In pixels, from the strongest pair that has the image as view 1 and holds a focal length. */
  readonly focal: number | undefined;
  /** `[height, width, 3]`, that pair's, in the camera's frame. */
  readonly pointmap: Float32Array | undefined;
  /** The score of that pair. */
  readonly focalScore: number;
  /** `[height, width]`, the best that any pair says; 1 before any has. */
  readonly confidence: Float32Array;
}

/**
 * What stays of the predictions that have passed by. Its size depends on the images and not on the number of pairs: of
 * all pointmaps only those of the forest and the best of each image are kept, as they are, so their producer must not write
 * into them again.
 */
export interface PredictionSummary {
  /** The strongest pairs that connect all that can be connected: at most one fewer than there are images. */
  readonly forest: readonly TreeEdge[];
  readonly images: readonly ImageSummary[];
}

/** The summary of no predictions. */
export function emptySummary(sizes: readonly Size[]): PredictionSummary {
  const images = sizes.map((size) => {
    const confidence = new Float32Array(size.width * size.height).fill(1);
    return { size, focal: undefined, pointmap: undefined, focalScore: 0, confidence };
  });
  return { forest: [], images };
}

/** The summary with one more prediction. The confidence maps are updated in place. */
export function addPrediction(summary: PredictionSummary, prediction: PairPrediction): PredictionSummary {
  const { view1, view2 } = prediction;
  const weight = pairScore(prediction);
  raiseConfidence(summary.images[view1]!.confidence, prediction.confidence1);
  raiseConfidence(summary.images[view2]!.confidence, prediction.confidence2);
  return {
    forest: addToForest(summary.forest, { view1, view2, weight, prediction }),
    images: summary.images.with(view1, withFocal(summary.images[view1]!, prediction, weight)),
  };
}

function withFocal(image: ImageSummary, { pointmap1, size1 }: PairPrediction, score: number): ImageSummary {
  if (score <= image.focalScore) return image;
  const focal = estimateFocal(pointmap1, size1);
  return focal === undefined ? image : { ...image, focal, pointmap: pointmap1, focalScore: score };
}
