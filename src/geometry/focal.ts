import { type ImagePlane, principalPointOf } from "../core/image-plane.ts";
import { focalFromFieldOfView } from "./camera.ts";

/** How to estimate a focal length. */
export interface SharedFocalOptions {
  /**
   * `weiszfeld`: the focal that minimises the sum of reprojection distances (section 3.3 of the paper), robust and the
   * default. `median`: the median over what each coordinate of each pixel says alone, faster and rougher.
   */
  readonly method?: "weiszfeld" | "median" | undefined;
  /** Bounds as multiples of the focal at which the longer side spans 60°. */
  readonly bounds?: readonly [min: number, max: number] | undefined;
}

/** What may be said of a pointmap's pixels. */
export interface PixelOptions {
  /**
   * `[height, width]`: weighs the pixels of `weiszfeld`, as the paper's equation does, and keeps those out where it is
   * not positive; equal weights when left out.
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
 * reprojects best onto the pixel grid. Points that are not in front of the camera have no say. Undefined where the
 * points hold no focal: all of them behind the camera, on its axis, or on the wrong side of it.
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
  const focal = method === "median" ? medianFocal(pointmaps) : weiszfeldFocal(pointmaps);
  if (focal === undefined || !Number.isFinite(focal) || focal <= 0) return undefined;
  const longerSide = Math.max(...pointmaps.map(({ size }) => Math.max(size.width, size.height)));
  const unit = focalFromFieldOfView(longerSide, Math.PI / 3);
  return Math.min(Math.max(focal, min * unit), max * unit);
}

/** Weiszfeld's iteration: least squares, each pixel reweighted by the inverse of its distance. */
function weiszfeldFocal(pointmaps: readonly OwnPointmap[]): number {
  const projections = projectionsOf(pointmaps);
  let focal = leastSquaresFocal(projections, undefined);
  for (let iteration = 0; iteration < WEISZFELD_ITERATIONS; iteration++) {
    focal = leastSquaresFocal(projections, focal);
  }
  return focal;
}

/** Values per pixel in `projectionsOf`. */
const PROJECTION = 5;

/** What the iteration needs of the pixels that have a say, `[n, 5]`: ray x and y, pixel x and y, weight. */
function projectionsOf(pointmaps: readonly OwnPointmap[]): Float64Array {
  const pixels = pointmaps.reduce((sum, { size }) => sum + size.width * size.height, 0);
  const projections = new Float64Array(PROJECTION * pixels);
  let end = 0;
  for (const own of pointmaps) {
    const { pointmap, size, confidence } = own;
    const [cx, cy] = principalPointOf(size);
    for (let y = 0, i = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++, i++) {
        const z = pointmap[3 * i + 2]!;
        const rayX = pointmap[3 * i]! / z;
        const rayY = pointmap[3 * i + 1]! / z;
        const weight = confidence === undefined ? 1 : confidence[i]!;
        if (!(z > 0 && weight > 0 && Number.isFinite(rayX + rayY))) continue;
        projections[end] = rayX;
        projections[end + 1] = rayY;
        projections[end + 2] = x - cx;
        projections[end + 3] = y - cy;
        projections[end + 4] = weight;
        end += PROJECTION;
      }
    }
  }
  return projections.subarray(0, end);
}

/** The focal of least squares; where one is known already, each pixel weighs the less the farther it reprojects. */
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
function medianFocal(pointmaps: readonly OwnPointmap[]): number | undefined {
  const pixels = pointmaps.reduce((sum, { size }) => sum + size.width * size.height, 0);
  const votes = new Float32Array(2 * pixels);
  let voters = 0;
  for (const own of pointmaps) {
    const { pointmap, size, confidence } = own;
    const [cx, cy] = principalPointOf(size);
    for (let i = 0; i < size.width * size.height; i++) {
      const z = pointmap[3 * i + 2]!;
      const rayX = pointmap[3 * i]! / z;
      const rayY = pointmap[3 * i + 1]! / z;
      const weight = confidence === undefined ? 1 : confidence[i]!;
      if (!(z > 0 && weight > 0 && Number.isFinite(rayX + rayY))) continue;
      const fromX = ((i % size.width) - cx) / rayX;
      const fromY = (Math.floor(i / size.width) - cy) / rayY;
      if (!Number.isNaN(fromX)) votes[voters++] = fromX;
      if (!Number.isNaN(fromY)) votes[voters++] = fromY;
    }
  }
  return votes.subarray(0, voters).sort()[(voters - 1) >> 1];
}
