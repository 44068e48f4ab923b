import { confidentPixels } from "../alignment/locate-camera.ts";

/** What counts as confident unless the caller says otherwise; the threshold of the paper's experiments. */
const USUAL_CONFIDENCE = 3;

/**
 * Indices of the pixels at or above a confidence. Without one, the usual 3, or the better half of the pixels where
 * weights of low confidence leave next to none.
 */
export function samplePixels(confidence: Float32Array, minConfidence: number | undefined): Int32Array {
  if (minConfidence === undefined) return confidentPixels(confidence, USUAL_CONFIDENCE);
  const pixels = new Int32Array(confidence.length);
  let count = 0;
  for (let i = 0; i < confidence.length; i++) if (confidence[i]! >= minConfidence) pixels[count++] = i;
  return pixels.subarray(0, count);
}

/** The points of some pixels of a pointmap, `[pixels.length, 3]`. */
export function pointsAt<P extends Float32Array | Float64Array>(pointmap: P, pixels: ArrayLike<number>): P {
  const points = pointmap.slice(0, 3 * pixels.length) as P;
  for (let i = 0; i < pixels.length; i++) {
    for (let k = 0; k < 3; k++) points[3 * i + k] = pointmap[3 * pixels[i]! + k]!;
  }
  return points;
}

/** The coordinates (x, y) of some pixels of an image of that width, `[pixels.length, 2]`. */
export function coordinatesOf(pixels: ArrayLike<number>, width: number): Float32Array {
  const coordinates = new Float32Array(2 * pixels.length);
  for (let i = 0; i < pixels.length; i++) {
    coordinates[2 * i] = pixels[i]! % width;
    coordinates[2 * i + 1] = Math.floor(pixels[i]! / width);
  }
  return coordinates;
}
