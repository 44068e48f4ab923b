import { type PairPrediction, readBack } from "../core/pair-prediction.ts";

/** A mask per image, `[height, width]`: 1 where a pixel may be used. */
export type Masks = readonly (Uint8Array | undefined)[];

/** The prediction without its masked pixels: their points are at the camera's center, their confidence is 0. */
export function maskPrediction(prediction: PairPrediction, masks: Masks): PairPrediction {
  const mask1 = masks[prediction.view1];
  const mask2 = masks[prediction.view2];
  const maps = {
    pointmap1: () => masked(prediction.pointmap1, mask1, 3),
    confidence1: () => masked(prediction.confidence1, mask1, 1),
    pointmap2: () => masked(prediction.pointmap2, mask2, 3),
    confidence2: () => masked(prediction.confidence2, mask2, 1),
  };
  if (prediction.spool) return readBack(prediction, maps, prediction.spool);
  const [pointmap1, confidence1] = [maps.pointmap1(), maps.confidence1()];
  return { ...prediction, pointmap1, confidence1, pointmap2: maps.pointmap2(), confidence2: maps.confidence2() };
}

function masked(values: Float32Array, mask: Uint8Array | undefined, channels: number): Float32Array {
  return mask === undefined ? values : values.map((value, i) => (mask[Math.floor(i / channels)] ? value : 0));
}
