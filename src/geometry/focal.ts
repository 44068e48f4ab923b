import { type ImagePlane, principalPointOf } from "../core/image-plane.ts";
import { focalFromFieldOfView } from "./camera.ts";

/** How to estimate a focal length. */
export interface SharedFocalOptions {
  /**
   * `weiszfeld`: the focal that minimizes the sum of reprojection distances (section 3.3 of the paper), robust and the
   * default. `median`: the median of the estimates from each coordinate of each pixel, faster and less accurate.
   */
  readonly method?: "weiszfeld" | "median" | undefined;
  /** Bounds as multiples of the focal at which the longer side spans 60°. */
  readonly bounds?: readonly [min: number, max: number] | undefined;
}

/** Weights of a pointmap's pixels. */
export interface PixelOptions {
  /**
   * `[height, width]`: weights of the pixels in `weiszfeld`, as in the paper's equation; those that are not positive
   * are ignored; equal weights when left out.
   */
  readonly confidence?: Float32Array | undefined;
}

/** How to estimate a focal length from a pointmap. */
export interface FocalOptions extends SharedFocalOptions, PixelOptions {}

/** A pointmap in its own camera's frame. */
export interface OwnPointmap extends PixelOptions {
  /** `[height, width, 3]` */
  readonly pointmap: Float32Array;
  readonly size: ImagePlane;
}

const WEISZFELD_ITERATIONS = 10;
const MIN_DISTANCE = 1e-8;

/**
 * The focal length in pixels (square ones) at which a pointmap `[height, width, 3]`, in its own camera's frame,
 * reprojects best onto the pixel grid. Points that are not in front of the camera are ignored. Undefined where the
 * points determine no focal: all of them behind the camera, on its axis, or on the wrong side of it.
 */
export function estimateFocal(
  pointmap: Float32Array,
  size: ImagePlane,
  options: FocalOptions = {},
): number | undefined {
  return estimateSharedFocal([{ ...options, pointmap, size }], options);
}

/** One focal length for several pointmaps of one camera, each in its own frame, as `estimateFocal` finds it for one. */
export function estimateSharedFocal(
  pointmaps: readonly OwnPointmap[],
  { method, bounds: [min, max] = [0, Number.POSITIVE_INFINITY] }: SharedFocalOptions = {},
): number | undefined {
  const projections = projectionsOf(pointmaps);
  const focal = method === "median" ? medianFocal(projections) : weiszfeldFocal(projections);
  if (focal === undefined || !Number.isFinite(focal) || focal <= 0) return undefined;
  const longerSide = Math.max(...pointmaps.map(({ size }) => Math.max(size.width, size.height)));
  const unit = focalFromFieldOfView(longerSide, Math.PI / 3);
  return Math.min(Math.max(focal, min * unit), max * unit);
}

/** Some pixels of an image with their points. */
export interface OwnPixels {
  /** `[n, 2]` (x, y). */
  readonly pixels: Float32Array;
  /** `[n, 3]`, in the camera's frame. */
  readonly points: Float32Array;
  /** `[n]`; pixels where it is not positive are ignored. */
  readonly weights: Float32Array;
  readonly image: ImagePlane;
}

/** As `estimateFocal`, of scattered pixels. */
export function estimateFocalOfPixels({ pixels, points, weights, image }: OwnPixels): number | undefined {
  const [cx, cy] = principalPointOf(image);
  const projections = new ProjectionList(weights.length);
  for (let i = 0; i < weights.length; i++) {
    projections.add(points, i, [pixels[2 * i]! - cx, pixels[2 * i + 1]! - cy], weights[i]!);
  }
  const focal = weiszfeldFocal(projections.values);
  return Number.isFinite(focal) && focal > 0 ? focal : undefined;
}

/** Weiszfeld's iteration: least squares, each pixel reweighted by the inverse of its distance. */
function weiszfeldFocal(projections: Float64Array): number {
  let focal = leastSquaresFocal(projections, undefined);
  for (let iteration = 0; iteration < WEISZFELD_ITERATIONS; iteration++) {
    focal = leastSquaresFocal(projections, focal);
  }
  return focal;
}

/** Values per pixel in a `ProjectionList`. */
const PROJECTION = 5;

/** What the iteration needs of the pixels in use, `[n, 5]`: ray x and y, pixel x and y, weight. */
class ProjectionList {
  readonly #values: Float64Array;
  #end = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(PROJECTION * capacity);
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#end);
  }

  /** Adds point `i` of `points`, seen at an offset from the principal point, unless it is to be ignored. */
  add(points: Float32Array, i: number, [x, y]: readonly [number, number], weight: number): void {
    const z = points[3 * i + 2]!;
    const rayX = points[3 * i]! / z;
    const rayY = points[3 * i + 1]! / z;
    if (!(z > 0 && weight > 0 && Number.isFinite(rayX + rayY))) return;
    this.#values.set([rayX, rayY, x, y, weight], this.#end);
    this.#end += PROJECTION;
  }
}

function projectionsOf(pointmaps: readonly OwnPointmap[]): Float64Array {
  const projections = new ProjectionList(pointmaps.reduce((sum, { size }) => sum + size.width * size.height, 0));
  for (const { pointmap, size, confidence } of pointmaps) {
    const [cx, cy] = principalPointOf(size);
    for (let y = 0, i = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++, i++) {
        projections.add(pointmap, i, [x - cx, y - cy], confidence === undefined ? 1 : confidence[i]!);
      }
    }
  }
  return projections.values;
}

/**
 * The focal of least squares; with an estimate of it, each pixel is weighted by the inverse of its reprojection
 * distance.
 */
function leastSquaresFocal(projections: Float64Array, focal: number | undefined): number {
  let numerator = 0;
  let denominator = 0;
  for (let i = 0; i < projections.length; i += PROJECTION) {
    const rayX = projections[i]!;
    const rayY = projections[i + 1]!;
    const x = projections[i + 2]!;
    const y = projections[i + 3]!;
    let weight = projections[i + 4]!;
    if (focal !== undefined) {
      const errorX = x - focal * rayX;
      const errorY = y - focal * rayY;
      weight /= Math.max(Math.sqrt(errorX * errorX + errorY * errorY), MIN_DISTANCE);
    }
    numerator += weight * (rayX * x + rayY * y);
    denominator += weight * (rayX * rayX + rayY * rayY);
  }
  return numerator / denominator;
}

/** The lower median of the votes pixel x / ray x and pixel y / ray y. */
function medianFocal(projections: Float64Array): number | undefined {
  const votes = new Float32Array(2 * (projections.length / PROJECTION));
  let voters = 0;
  for (let i = 0; i < projections.length; i += PROJECTION) {
    const fromX = projections[i + 2]! / projections[i]!;
    const fromY = projections[i + 3]! / projections[i + 1]!;
    if (!Number.isNaN(fromX)) votes[voters++] = fromX;
    if (!Number.isNaN(fromY)) votes[voters++] = fromY;
  }
  return votes.subarray(0, voters).sort()[(voters - 1) >> 1];
}
