import { type PairPrediction, readBack } from "../core/pair-prediction.ts";

/** A mask per image, `[height, width]`: 1 where a pixel may be used. */
export type Masks = readonly (Uint8Array | undefined)[];

/** The prediction without its masked pixels: their points are at the camera's center, their confidence is 0. */
export function maskPrediction(prediction: PairPrediction, masks: Masks): PairPrediction {
  const mask1 = masks[prediction.view1];
  const mask2 = masks[prediction.view2];
  if (prediction.stored === undefined)
    return {
      ...prediction,
      pointmap1: maskedCopy(prediction.pointmap1, mask1, 3),
      confidence1: maskedCopy(prediction.confidence1, mask1, 1),
      pointmap2: maskedCopy(prediction.pointmap2, mask2, 3),
      confidence2: maskedCopy(prediction.confidence2, mask2, 1),
    };
  const { spool, read } = prediction.stored;
  return readBack(prediction, {
    spool,
    read: {
      pointmap1: (room) => masked(read.pointmap1(room), mask1, 3),
      confidence1: (room) => masked(read.confidence1(room), mask1, 1),
      pointmap2: (room) => masked(read.pointmap2(room), mask2, 3),
      confidence2: (room) => masked(read.confidence2(room), mask2, 1),
    },
  });
}

/** As `masked`, of values that stay as they are; they themselves where nothing is masked. */
function maskedCopy(values: Float32Array, mask: Uint8Array | undefined, channels: number): Float32Array {
  return mask === undefined ? values : masked(values.slice(), mask, channels);
}

/** Clears the values of masked pixels; gives them. */
function masked(values: Float32Array, mask: Uint8Array | undefined, channels: number): Float32Array {
  if (mask) for (let i = 0; i < values.length; i++) if (!mask[Math.floor(i / channels)]) values[i] = 0;
  return values;
}
