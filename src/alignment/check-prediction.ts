import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size } from "../core/view.ts";

/**
 * Throws an `InputError`, naming the pair by its indices, when a prediction does not belong to these images or holds
 * anything but finite numbers: one NaN would spread through the whole scene.
 */
export function checkPrediction(prediction: PairPrediction, images: readonly Size[]): void {
  const { view1, view2 } = prediction;
  const pair = `pair ${view1}-${view2}`;
  const sides = [
    [view1, prediction.size1, prediction.pointmap1, prediction.confidence1],
    [view2, prediction.size2, prediction.pointmap2, prediction.confidence2],
  ] as const;
  for (const [view, { width, height }, pointmap, confidence] of sides) {
    const image = images[view];
    if (image === undefined) throw new InputError(`${pair}: there is no image ${view}, there are ${images.length}`);
    if (width !== image.width || height !== image.height) {
      throw new InputError(
        `${pair}: image ${view} is ${image.width}×${image.height} and its prediction ${width}×${height}`,
      );
    }
    const pixels = width * height;
    if (pointmap.length !== 3 * pixels || confidence.length !== pixels) {
      throw new InputError(
        `${pair}: image ${view} has ${pixels} pixels, its pointmap ${pointmap.length / 3}, its confidence ${confidence.length}`,
      );
    }
    if (!allFinite(pointmap) || !allFinite(confidence)) {
      throw new InputError(
        `${pair}: the network gave numbers that are not finite for image ${view}; are the weights intact?`,
      );
    }
  }
}

/** A sum of floats in double precision cannot overflow, so it is finite only when all of them are. */
function allFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}
