import type { Size } from "../core/view.ts";
import { focalFromFieldOfView } from "./camera.ts";

/** How to estimate a focal length from a pointmap. */
export interface FocalOptions {
  /**
   * `weiszfeld`: the focal that minimises the sum of reprojection distances (section 3.3 of the paper), robust and the
   * default. `median`: the median over what each coordinate of each pixel says alone, faster and rougher.
   */
  readonly method?: "weiszfeld" | "median" | undefined;
  /** In pixels; (width / 2, height / 2) when left out. */
  readonly principalPoint?: readonly [x: number, y: number] | undefined;
  /** `[height, width]`: weighs the pixels of `weiszfeld`, as the paper's equation does; equal weights when left out. */
  readonly confidence?: Float32Array | undefined;
  /** Bounds as multiples of the focal at which the longer side spans 60°. */
  readonly bounds?: readonly [min: number, max: number] | undefined;
}

const WEISZFELD_ITERATIONS = 10;
const MIN_DISTANCE = 1e-8;

/**
 * The focal length in pixels (square ones) at which a pointmap `[height, width, 3]`, in its own camera's frame,
 * reprojects best onto the pixel grid. Points that are not in front of the camera have no say. Undefined where the
 * points hold no focal: all of them behind the camera, on its axis, or on the wrong side of it.
 */
export function estimateFocal(pointmap: Float32Array, size: Size, options: FocalOptions = {}): number | undefined {
  const [cx, cy] = options.principalPoint ?? [size.width / 2, size.height / 2];
  const samples = collectSamples(pointmap, size, { cx, cy, confidence: options.confidence });
  const focal = options.method === "median" ? medianFocal(samples) : weiszfeldFocal(samples);
  if (focal === undefined || !Number.isFinite(focal) || focal <= 0) return undefined;
  const unit = focalFromFieldOfView(Math.max(size.width, size.height), Math.PI / 3);
  const [min, max] = options.bounds ?? [0, Number.POSITIVE_INFINITY];
  return Math.min(Math.max(focal, min * unit), max * unit);
}

/** Per usable pixel: its place relative to the principal point, its ray (x/z, y/z) and its weight. */
interface Samples {
  readonly count: number;
  /** `[count, 5]`: pixel x, pixel y, ray x, ray y, weight. */
  readonly values: Float64Array;
}

function collectSamples(
  pointmap: Float32Array,
  size: Size,
  { cx, cy, confidence }: { cx: number; cy: number; confidence: Float32Array | undefined },
): Samples {
  const values = new Float64Array(5 * size.width * size.height);
  let count = 0;
  for (let y = 0, i = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, i++) {
      const z = pointmap[3 * i + 2]!;
      const rayX = pointmap[3 * i]! / z;
      const rayY = pointmap[3 * i + 1]! / z;
      if (!(z > 0 && Number.isFinite(rayX) && Number.isFinite(rayY))) continue;
      const k = 5 * count++;
      values[k] = x - cx;
      values[k + 1] = y - cy;
      values[k + 2] = rayX;
      values[k + 3] = rayY;
      values[k + 4] = confidence === undefined ? 1 : confidence[i]!;
    }
  }
  return { count, values };
}

/** Weiszfeld's iteration: least squares, each pixel reweighted by the inverse of its distance. */
function weiszfeldFocal({ count, values }: Samples): number {
  let focal = 0;
  for (let iteration = 0; iteration <= WEISZFELD_ITERATIONS; iteration++) {
    let numerator = 0;
    let denominator = 0;
    for (let k = 0; k < 5 * count; k += 5) {
      const px = values[k]!;
      const py = values[k + 1]!;
      const qx = values[k + 2]!;
      const qy = values[k + 3]!;
      const weight =
        iteration === 0
          ? values[k + 4]!
          : values[k + 4]! / Math.max(Math.sqrt((px - focal * qx) ** 2 + (py - focal * qy) ** 2), MIN_DISTANCE);
      numerator += weight * (qx * px + qy * py);
      denominator += weight * (qx * qx + qy * qy);
    }
    focal = numerator / denominator;
  }
  return focal;
}

/** The lower median of the votes pixel x / ray x and pixel y / ray y. */
function medianFocal({ count, values }: Samples): number | undefined {
  const votes = new Float64Array(2 * count);
  let voters = 0;
  for (let k = 0; k < 5 * count; k += 5) {
    for (const axis of [k, k + 1]) {
      const focal = values[axis]! / values[axis + 2]!;
      if (!Number.isNaN(focal)) votes[voters++] = focal;
    }
  }
  return votes.subarray(0, voters).sort()[(voters - 1) >> 1];
}
