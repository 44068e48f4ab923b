import { addScaled, multiplyVector3, scale3, transpose3, type Vector3 } from "../../geometry/mat3.ts";
import type { Similarity } from "../../geometry/similarity.ts";
import type { ObservedPixels, PointmapObservation } from "./observation.ts";
import { kernels } from "./tile-kernels.ts";
import type { WorldCamera } from "./world.ts";

/** Pixels worked on at a time: their intermediate values stay in the cache. */
export const TILE = 64;

/**
 * The working set: up to `TILE` pixels of one image and their observations. There is one memory of this kind, in which
 * the loops of tile-kernels.wat run: images are processed one after the other.
 */
export interface PixelTile {
  /** Index of the first pixel within the image, and how many there are. */
  first: number;
  count: number;
  /** Runs of `TILE` values and some single ones: see below. */
  readonly state: Float64Array;
  /** What is observed relative to the camera and its rays, `ROW` values per observation: see below. */
  readonly rows: Float64Array;
  /** The whole memory in single precision, for what is given. */
  readonly given: Float32Array;
}

/** How a distance counts in the objective. */
export interface Penalty {
  /** `distance` is the paper's; `squared` its least-squares variant. */
  readonly kind: "distance" | "squared";
  /** Distances well below this count by their square, which keeps their weight finite; in units of the world. */
  readonly floor: number;
}

/** Unit vectors in the world: the world point of a pixel is χ = center + range · ray. */
export const RAY_X = 0;
export const RAY_Y: number = TILE;
export const RAY_Z: number = 2 * TILE;
/** What turns a range into a z-depth. */
const DEPTH_PER_RANGE = 3 * TILE;
/** Distance from the center along the ray. */
export const RANGE: number = 4 * TILE;
/** The range that reweighted least squares would take next. */
const CORRECTED = 5 * TILE;
// From 6 · TILE on: derivatives of the objective by χ, which only the kernels read.

/** Pixels as they are given, x and y in single precision; how many of those precede. */
const PIXELS = 2 * 9 * TILE;
/** Rotation (9), focal lengths and principal point of the camera. */
const CAMERA = 10 * TILE;
/**
 * Sums of `addForces` for the camera. A force is a derivative by a point: force, torque, force by depth (3 each),
 * stretch.
 */
const CAMERA_SUMS = CAMERA + 13;
const STATE = 664;

/** How far along the ray the observed point's foot is. */
export const ALONG = 0;
/** Squared distance from the ray, plus the penalty's squared floor. */
export const ACROSS: number = TILE;
export const WEIGHT: number = 2 * TILE;
/** The point's weight in reweighted least squares: what its distance from χ is multiplied by to give its force. */
const STIFFNESS = 3 * TILE;
/** Points and weights as they are given, in single precision; how many of those precede within the row. */
const POINTS = 2 * 4 * TILE;
const WEIGHTS = POINTS + 3 * TILE;
/** Scaled rotation (9) of the observation's edge, its translation from the camera (3), share, squared floor. */
const EDGE = 6 * TILE;
/** What `addForces` sums up of the edge: force (3), torque (3), stretch. */
const EDGE_SUMS = EDGE + 14;
/** Length of a row; no power of two, so that a pixel's values do not all fall on the same cache lines. */
export const ROW = 408;

const BYTES = Float64Array.BYTES_PER_ELEMENT;
const PAGE = 65_536;

/** Begins with an image: writes its camera and its observations' edges, their sums at zero. No pixels yet. */
export function beginTiles(
  { center, rotation, intrinsics }: WorldCamera,
  observations: readonly PointmapObservation[],
  edges: readonly Similarity[],
  floor: number,
): PixelTile {
  const { memory } = kernels;
  const missing = BYTES * (STATE + ROW * observations.length) - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  const { buffer } = memory;
  const state = new Float64Array(buffer, 0, STATE);
  const rows = new Float64Array(buffer, BYTES * STATE, ROW * observations.length);
  const { fx, fy, cx, cy } = intrinsics;
  state.set([...rotation, fx, fy, cx, cy], CAMERA);
  state.fill(0, CAMERA_SUMS);
  observations.forEach(({ edge, share }, row) => {
    const at = row * ROW;
    const { scale, rotation, translation } = edges[edge]!;
    const fromCamera = addScaled(translation, -1, center);
    rows.set([...scale3(scale, rotation), ...fromCamera, share, floor * floor], at + EDGE);
    rows.fill(0, at + EDGE_SUMS, at + ROW);
  });
  return { first: 0, count: 0, state, rows, given: new Float32Array(buffer) };
}

/** Takes up the pixels from `first` on, at ranges still to be found and without forces. Fills all rows but for the stiffness. */
export function loadPixels(tile: PixelTile, { pixels, observations }: ObservedPixels, first: number): void {
  const { given } = tile;
  const count = Math.min(TILE, pixels.length / 2 - first);
  tile.first = first;
  tile.count = count;
  given.set(pixels.subarray(2 * first, 2 * (first + count)), PIXELS);
  kernels.castRays(count);
  for (let row = 0; row < observations.length; row++) {
    const { points, weights } = observations[row]!;
    const at = 2 * (STATE + ROW * row);
    given.set(points.subarray(3 * first, 3 * (first + count)), at + POINTS);
    given.set(weights.subarray(first, first + count), at + WEIGHTS);
    // The kernels take pixels in pairs.
    if (count % 2 === 1) given[at + WEIGHTS + count] = 0;
  }
  kernels.measureRows(observations.length, count);
}

/** Sets the ranges to those at which an image's z-depths `[n]` are. */
export function rangesFromDepths({ first, count, state }: PixelTile, depths: Float32Array): void {
  for (let k = 0; k < count; k++) state[k + RANGE] = depths[first + k]! / state[k + DEPTH_PER_RANGE]!;
}

/** Writes the z-depths at the ranges into those of the image `[n]`. */
export function depthsFromRanges({ first, count, state }: PixelTile, depths: Float32Array): void {
  for (let k = 0; k < count; k++) depths[first + k] = state[k + RANGE]! * state[k + DEPTH_PER_RANGE]!;
}

/** Sets every range to the weighted mean of what is observed, where the sum of squares is least; gives that sum. */
export function meanRanges({ count, state, rows }: PixelTile): number {
  let loss = 0;
  // The kernels take pixels in pairs.
  if (count % 2 === 1) for (let at = count; at < rows.length; at += ROW) rows[at + STIFFNESS] = 0;
  for (let k = 0; k < count; k++) {
    let sum = 0;
    let total = 0;
    for (let at = k; at < rows.length; at += ROW) {
      sum += rows[at + WEIGHT]! * rows[at + ALONG]!;
      total += rows[at + WEIGHT]!;
    }
    const range = total > 0 ? Math.max(0, sum / total) : 0;
    for (let at = k; at < rows.length; at += ROW) {
      const ahead = range - rows[at + ALONG]!;
      loss += rows[at + WEIGHT]! * (ahead * ahead + rows[at + ACROSS]!);
      rows[at + STIFFNESS] = 2 * rows[at + WEIGHT]!;
    }
    state[k + RANGE] = range;
    state[k + CORRECTED] = range;
  }
  return loss;
}

/** As many observations are enough for a median to start from. */
const MEDIAN_OF = 9;

/** Sets every range near the weighted median of what is observed, and thereby near the least sum of distances. */
export function medianRanges({ count, rows }: PixelTile): void {
  const observations = rows.length / ROW;
  kernels.medianRanges(observations, BYTES * ROW * Math.ceil(observations / MEDIAN_OF), count);
}

/** When the range of a pixel is good enough. */
export interface Settling {
  /** A step that would gain less than this share of the pixel's sum of distances is not taken. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

/**
 * Moves every range toward the least sum of distances, by Halley's steps (Newton's with the third derivative) where the
 * objective's own curvature allows, otherwise by nearly twice those of reweighted least squares; neither can raise the
 * objective. Gives the sum.
 * Leaves stiffnesses and corrected ranges too: with the weights as they are, the residuals at the corrected ranges are
 * those with the ranges eliminated.
 */
export function settleRanges({ count, rows }: PixelTile, { tolerance, maxSteps }: Settling): number {
  return kernels.settleRanges(rows.length / ROW, count, tolerance, maxSteps);
}

/** Sums up the derivatives of the objective by the points χ, which act on camera and edges, at the corrected ranges. */
export function addForces({ count, rows }: PixelTile): void {
  kernels.addForces(rows.length / ROW, count);
}

/** Adds what was summed up over an image's tiles to the derivatives by its camera `[9]` and by its edges `[7]`. */
export function addGradients(
  { state, rows }: PixelTile,
  { rotation, intrinsics }: WorldCamera,
  byCamera: Float64Array,
  byEdges: readonly Float64Array[],
): void {
  const sums = state.subarray(CAMERA_SUMS);
  for (let k = 0; k < 6; k++) byCamera[k]! += sums[k]!;
  const byDepth: Vector3 = [sums[6]!, sums[7]!, sums[8]!];
  const [right, down, forward] = multiplyVector3(transpose3(rotation), byDepth);
  byCamera[6]! += forward - sums[9]!;
  byCamera[7]! -= right / intrinsics.fx;
  byCamera[8]! -= down / intrinsics.fy;
  byEdges.forEach((gradient, row) => {
    // A pair turns and grows about its own origin, not about the camera.
    for (let k = 0; k < gradient.length; k++) gradient[k]! -= rows[row * ROW + EDGE_SUMS + k]!;
  });
}
