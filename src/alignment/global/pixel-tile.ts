import { scale3, type Vector3 } from "../../geometry/mat3.ts";
import type { Similarity } from "../../geometry/similarity.ts";
import type { Observation } from "./observation.ts";
import type { WorldCamera } from "./world.ts";

/** Pixels worked on at a time: their intermediate values stay in the cache. */
export const TILE = 64;

/** How a distance counts in the objective. */
export interface Penalty {
  /** `distance` is the paper's; `squared` its least-squares variant. */
  readonly kind: "distance" | "squared";
  /** Distances well below this count by their square, which keeps their weight finite; in units of the world. */
  readonly floor: number;
}

/** Up to `TILE` pixels of one image that are worked on together. */
export interface PixelTile {
  /** Index of the first within its image, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly center: Vector3;
  /** Runs of `TILE` values: see below. In one array, since loops over several spend their time on the bounds. */
  readonly state: Float64Array;
}

/** Unit vectors in the world: the world point of a pixel is χ = centre + range · ray. */
export const RAY_X = 0;
export const RAY_Y: number = TILE;
export const RAY_Z: number = 2 * TILE;
/** What turns a range into a z-depth. */
export const DEPTH_PER_RANGE: number = 3 * TILE;
/** Distance from the centre along the ray. */
export const RANGE: number = 4 * TILE;
/** The range that reweighted least squares would take next. */
export const CORRECTED: number = 5 * TILE;
/** Derivatives of the objective by χ. */
export const FORCE_X: number = 6 * TILE;
export const FORCE_Y: number = 7 * TILE;
export const FORCE_Z: number = 8 * TILE;

/** Room for the state of a tile. */
export function tileState(): Float64Array {
  return new Float64Array(9 * TILE);
}

/** The pixels `[n, 2]` of an image from `first` on, at ranges still to be found and without forces. */
export function pixelTile(
  first: number,
  pixels: Float32Array,
  { center, rotation, intrinsics }: WorldCamera,
  state: Float64Array,
): PixelTile {
  const [a, b, c, d, e, f, g, h, i] = rotation;
  const { fx, fy, cx, cy } = intrinsics;
  const count = Math.min(TILE, pixels.length / 2 - first);
  for (let k = 0, p = 2 * first; k < count; k++, p += 2) {
    const x = (pixels[p]! - cx) / fx;
    const y = (pixels[p + 1]! - cy) / fy;
    const rayX = a * x + b * y + c;
    const rayY = d * x + e * y + f;
    const rayZ = g * x + h * y + i;
    const shortening = 1 / Math.sqrt(rayX * rayX + rayY * rayY + rayZ * rayZ);
    state[k + RAY_X] = rayX * shortening;
    state[k + RAY_Y] = rayY * shortening;
    state[k + RAY_Z] = rayZ * shortening;
    state[k + DEPTH_PER_RANGE] = shortening;
  }
  state.fill(0, RANGE);
  return { first, count, center, state };
}

/** Sets the ranges to those at which an image's z-depths `[n]` are. */
export function rangesFromDepths({ first, count, state }: PixelTile, depths: Float64Array): void {
  for (let k = 0; k < count; k++) state[k + RANGE] = depths[first + k]! / state[k + DEPTH_PER_RANGE]!;
}

/** Writes the z-depths at the ranges into those of the image `[n]`. */
export function depthsFromRanges({ first, count, state }: PixelTile, depths: Float64Array): void {
  for (let k = 0; k < count; k++) depths[first + k] = state[k + RANGE]! * state[k + DEPTH_PER_RANGE]!;
}

/**
 * Observed points relative to a tile's camera and rays, a row per observation: runs of `TILE` values at the offsets below.
 * One array of all, since a loop over several spends its time on their bounds.
 */
export type RayDistances = Float64Array;

/** How far along the ray the point's foot is. */
export const ALONG = 0;
/** Squared distance from the ray, plus the penalty's squared floor. */
export const ACROSS: number = TILE;
export const WEIGHT: number = 2 * TILE;
/** The point's weight in reweighted least squares: what its distance from χ is multiplied by to give its force. */
export const STIFFNESS: number = 3 * TILE;
/** Length of a row. */
export const ROW: number = 4 * TILE;

/** Room for the distances of some observations. */
export function rayDistances(observations: number): RayDistances {
  return new Float64Array(observations * ROW);
}

/** Fills the row of one observation, but for the stiffness. */
export function measureRow(
  { first, count, center, state }: PixelTile,
  { points, weights, share }: Observation,
  { scale, rotation, translation }: Similarity,
  floor: number,
  row: number,
  distances: RayDistances,
): void {
  const [a, b, c, d, e, f, g, h, i] = scale3(scale, rotation);
  const tx = translation[0] - center[0];
  const ty = translation[1] - center[1];
  const tz = translation[2] - center[2];
  const floor2 = floor * floor;
  for (let k = 0, p = 3 * first, at = row * ROW; k < count; k++, p += 3, at++) {
    const x = points[p]!;
    const y = points[p + 1]!;
    const z = points[p + 2]!;
    const vx = a * x + b * y + c * z + tx;
    const vy = d * x + e * y + f * z + ty;
    const vz = g * x + h * y + i * z + tz;
    const foot = vx * state[k + RAY_X]! + vy * state[k + RAY_Y]! + vz * state[k + RAY_Z]!;
    const across = vx * vx + vy * vy + vz * vz - foot * foot;
    distances[at + ALONG] = foot;
    distances[at + ACROSS] = (across > 0 ? across : 0) + floor2;
    distances[at + WEIGHT] = share * weights[first + k]!;
  }
}

/** Sets every range to the weighted mean of what is observed, where the sum of squares is least; gives that sum. */
export function meanRanges({ count, state }: PixelTile, distances: RayDistances, observations: number): number {
  let loss = 0;
  for (let k = 0; k < count; k++) {
    let sum = 0;
    let total = 0;
    for (let row = 0, at = k; row < observations; row++, at += ROW) {
      sum += distances[at + WEIGHT]! * distances[at + ALONG]!;
      total += distances[at + WEIGHT]!;
    }
    const range = total > 0 ? Math.max(0, sum / total) : 0;
    for (let row = 0, at = k; row < observations; row++, at += ROW) {
      const ahead = range - distances[at + ALONG]!;
      loss += distances[at + WEIGHT]! * (ahead * ahead + distances[at + ACROSS]!);
      distances[at + STIFFNESS] = 2 * distances[at + WEIGHT]!;
    }
    state[k + RANGE] = range;
    state[k + CORRECTED] = range;
  }
  return loss;
}

/** As many observations are enough for a median to start from. */
const MEDIAN_OF = 9;

/** Sets every range near the weighted median of what is observed, and thereby near the least sum of distances. */
export function medianRanges({ count, state }: PixelTile, distances: RayDistances, observations: number): void {
  const stride = ROW * Math.ceil(observations / MEDIAN_OF);
  const end = observations * ROW;
  const sorted = new Int32Array(MEDIAN_OF);
  for (let k = 0; k < count; k++) {
    let total = 0;
    let chosen = 0;
    for (let at = k; at < end; at += stride) {
      const along = distances[at + ALONG]!;
      total += distances[at + WEIGHT]!;
      let place = chosen++;
      while (place > 0 && distances[sorted[place - 1]! + ALONG]! > along) {
        sorted[place] = sorted[place - 1]!;
        place--;
      }
      sorted[place] = at;
    }
    let place = 0;
    for (let below = 0; place < chosen - 1; place++) {
      below += distances[sorted[place]! + WEIGHT]!;
      if (2 * below >= total) break;
    }
    state[k + RANGE] = total > 0 ? Math.max(0, distances[sorted[place]! + ALONG]!) : 0;
  }
}

/** When the range of a pixel is good enough. */
export interface Settling {
  /** A step that would gain less than this share of the pixel's sum of distances is not taken. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

/**
 * Moves every range towards the least sum of distances, by Halley's steps (Newton's with the third derivative) where the
 * objective's own curvature allows, otherwise by nearly twice those of reweighted least squares; neither can raise the
 * objective. Gives the sum.
 * Leaves stiffnesses and corrected ranges too: with the weights as they are, the residuals at the corrected ranges are
 * those with the ranges eliminated.
 */
export function settleRanges(
  { count, state }: PixelTile,
  distances: RayDistances,
  observations: number,
  { tolerance, maxSteps }: Settling,
): number {
  const end = observations * ROW;
  let loss = 0;
  for (let k = 0; k < count; k++) {
    let range = state[k + RANGE]!;
    let corrected = range;
    for (let step = 0; step <= maxSteps; step++) {
      let slope = 0;
      let total = 0;
      let curvature = 0;
      let bend = 0;
      let sum = 0;
      for (let at = k; at < end; at += ROW) {
        const ahead = range - distances[at + ALONG]!;
        const across2 = distances[at + ACROSS]!;
        const distance2 = ahead * ahead + across2;
        const inverse = 1 / Math.sqrt(distance2);
        const inverse2 = inverse * inverse;
        const stiffness = distances[at + WEIGHT]! * inverse;
        const second = stiffness * across2 * inverse2;
        distances[at + STIFFNESS] = stiffness;
        slope += stiffness * ahead;
        total += stiffness;
        curvature += second;
        bend -= 3 * second * ahead * inverse2;
        sum += stiffness * distance2;
      }
      if (!(total > 0)) break;
      const bound = 0.51 * total;
      const stiff = curvature > bound ? Math.max(bound, curvature - (0.5 * slope * bend) / curvature) : bound;
      const next = Math.max(0, range - slope / stiff);
      if (step === maxSteps || slope * (range - next) < tolerance * sum) {
        corrected = Math.max(0, range - slope / total);
        loss += sum;
        break;
      }
      range = next;
    }
    state[k + RANGE] = range;
    state[k + CORRECTED] = corrected;
  }
  return loss;
}

/**
 * Adds one observation to the derivatives of the objective by χ (the tile's forces) and by its edge's parameters
 * (`edgeGradient` `[7]`), both at the corrected ranges.
 * @param row of the observation in `distances`
 */
export function addForces(
  { first, count, center, state }: PixelTile,
  { points }: Observation,
  { scale, rotation, translation }: Similarity,
  row: number,
  distances: RayDistances,
  edgeGradient: Float64Array,
): void {
  const [a, b, c, d, e, f, g, h, i] = scale3(scale, rotation);
  // A pair turns and grows about its own origin, not about the camera.
  const tx = translation[0] - center[0];
  const ty = translation[1] - center[1];
  const tz = translation[2] - center[2];
  let sx = 0;
  let sy = 0;
  let sz = 0;
  let torqueX = 0;
  let torqueY = 0;
  let torqueZ = 0;
  let stretch = 0;
  for (let k = 0, p = 3 * first, at = row * ROW + STIFFNESS; k < count; k++, p += 3, at++) {
    const x = points[p]!;
    const y = points[p + 1]!;
    const z = points[p + 2]!;
    const vx = a * x + b * y + c * z;
    const vy = d * x + e * y + f * z;
    const vz = g * x + h * y + i * z;
    const stiffness = distances[at]!;
    const range = state[k + CORRECTED]!;
    const ux = stiffness * (range * state[k + RAY_X]! - vx - tx);
    const uy = stiffness * (range * state[k + RAY_Y]! - vy - ty);
    const uz = stiffness * (range * state[k + RAY_Z]! - vz - tz);
    state[k + FORCE_X]! += ux;
    state[k + FORCE_Y]! += uy;
    state[k + FORCE_Z]! += uz;
    sx += ux;
    sy += uy;
    sz += uz;
    torqueX += vy * uz - vz * uy;
    torqueY += vz * ux - vx * uz;
    torqueZ += vx * uy - vy * ux;
    stretch += vx * ux + vy * uy + vz * uz;
  }
  edgeGradient[0]! -= sx;
  edgeGradient[1]! -= sy;
  edgeGradient[2]! -= sz;
  edgeGradient[3]! -= torqueX;
  edgeGradient[4]! -= torqueY;
  edgeGradient[5]! -= torqueZ;
  edgeGradient[6]! -= stretch;
}
