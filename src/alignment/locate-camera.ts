import type { Pose } from "../core/camera.ts";
import type { ImagePlane } from "../core/image-plane.ts";
import { upperMedian } from "../core/upper-median.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import type { AlignOptions } from "./align-options.ts";
import { assumedFocal } from "./scene-images.ts";

/** An image whose pixels are known as points in some frame, its own camera not yet. */
export interface UnlocatedImage {
  readonly size: ImagePlane;
  /** `[height, width, 3]`, in that frame. */
  readonly pointmap: Float32Array;
  /** `[height, width]` */
  readonly confidence: Float32Array;
  /** In pixels; estimated along with the pose where it is undefined. */
  readonly focal: number | undefined;
}

/** Where a camera stands in the frame of its points. */
export interface LocatedCamera {
  readonly camFromPoints: Pose;
  readonly focal: number;
}

/** Share of the pixels that must be confident; with fewer, the better half of all is taken. */
const MIN_SHARE = 0.1;

/** The camera that sees a pointmap at its own pixels, by PnP on the confident ones; undefined where there is none. */
export function locateCamera(image: UnlocatedImage, options: AlignOptions): LocatedCamera | undefined {
  const { size, pointmap, focal } = image;
  const chosen = confidentPixels(image.confidence, options.minConfidence ?? 3);
  const points = new Float32Array(3 * chosen.length);
  const pixels = new Float32Array(2 * chosen.length);
  chosen.forEach((pixel, i) => {
    for (let k = 0; k < 3; k++) points[3 * i + k] = pointmap[3 * pixel + k]!;
    pixels[2 * i] = pixel % size.width;
    pixels[2 * i + 1] = Math.floor(pixel / size.width);
  });
  const guess = centeredIntrinsics(size, focal ?? assumedFocal(size));
  const found = estimateAbsolutePose(points, pixels, guess, { unknownFocal: focal === undefined, seed: options.seed });
  return found.status === "ok" ? { camFromPoints: found.camFromWorld, focal: found.intrinsics.fx } : undefined;
}

/**
 * Indices of the pixels above a confidence. Weights of low confidence still rank their pixels, so when too few pass,
 * those at or above the median are taken.
 */
export function confidentPixels(confidence: Float32Array, minConfidence: number): Int32Array {
  const confident = indicesWhere(confidence, (c) => c > minConfidence);
  if (confident.length >= MIN_SHARE * confidence.length) return confident;
  const median = upperMedian(confidence)!;
  return indicesWhere(confidence, (c) => c >= median && c > 0);
}

function indicesWhere(values: Float32Array, accept: (value: number) => boolean): Int32Array {
  const indices = new Int32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (accept(values[i]!)) indices[count++] = i;
  return indices.subarray(0, count);
}
