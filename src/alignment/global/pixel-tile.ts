import { scale3, type Vector3 } from "../../geometry/mat3.ts";
import type { Similarity } from "../../geometry/similarity.ts";
import type { Observation } from "./observation.ts";

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
/** Distance from the centre along the ray. */
export const RANGE: number = 3 * TILE;
/** The change of the range that reweighted least squares would make next. */
const CORRECTION: number = 4 * TILE;
/** Derivatives of the objective by χ. */
export const FORCE_X: number = 5 * TILE;
export const FORCE_Y: number = 6 * TILE;
export const FORCE_Z: number = 7 * TILE;

/** The pixels of an image from `first` on. @param directions `[n, 3]` @param ranges `[n]`, distances along them */
export function pixelTile(
  first: number,
  center: Vector3,
  directions: Float64Array,
  ranges: Float64Array,
  state: Float64Array = new Float64Array(8 * TILE),
): PixelTile {
  const count = Math.min(TILE, ranges.length - first);
  for (let k = 0, r = 3 * first; k < count; k++, r += 3) {
    state[k + RAY_X] = directions[r]!;
    state[k + RAY_Y] = directions[r + 1]!;
    state[k + RAY_Z] = directions[r + 2]!;
    state[k + RANGE] = ranges[first + k]!;
  }
  state.fill(0, CORRECTION);
  return { first, count, center, state };
}

/**
 * Observed points relative to a tile's camera and rays, a row per observation: six runs of `TILE` values at the offsets
 * below. One array of all, since a loop over several spends its time on their bounds.
 */
export type RayDistances = Float64Array;

/** From the camera's centre to the point. */
const X = 0;
const Y: number = TILE;
const Z: number = 2 * TILE;
/** How far along the ray the point's foot is. */
export const ALONG: number = 3 * TILE;
/** Squared distance from the ray, plus the penalty's squared floor. */
export const ACROSS: number = 4 * TILE;
export const WEIGHT: number = 5 * TILE;
/** Length of a row. */
export const ROW: number = 6 * TILE;

/** Room for the distances of some observations. */
export function rayDistances(observations: number): RayDistances {
  return new Float64Array(observations * ROW);
}

/** Fills the row of one observation. */
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
    distances[at + X] = vx;
    distances[at + Y] = vy;
    distances[at + Z] = vz;
    distances[at + ALONG] = foot;
    distances[at + ACROSS] = (across > 0 ? across : 0) + floor2;
    distances[at + WEIGHT] = share * weights[first + k]!;
  }
}

/** Sets every range to the weighted mean of what is observed. */
export function meanRanges({ count, state }: PixelTile, distances: RayDistances, observations: number): void {
  for (let k = 0; k < count; k++) {
    let sum = 0;
    let total = 0;
    for (let row = 0, at = k; row < observations; row++, at += ROW) {
      sum += distances[at + WEIGHT]! * distances[at + ALONG]!;
      total += distances[at + WEIGHT]!;
    }
    state[k + RANGE] = total > 0 ? Math.max(0, sum / total) : 0;
  }
}

/** Sets every range to the weighted median of what is observed, near which the least sum of distances is. */
export function medianRanges({ count, state }: PixelTile, distances: RayDistances, observations: number): void {
  const sorted = new Int32Array(observations);
  for (let k = 0; k < count; k++) {
    let total = 0;
    for (let row = 0, at = k; row < observations; row++, at += ROW) {
      total += distances[at + WEIGHT]!;
      let place = row;
      while (place > 0 && distances[sorted[place - 1]! + ALONG]! > distances[at + ALONG]!) {
        sorted[place] = sorted[place - 1]!;
        place--;
      }
      sorted[place] = at;
    }
    let row = 0;
    for (let below = 0; row < observations - 1; row++) {
      below += distances[sorted[row]! + WEIGHT]!;
      if (2 * below >= total) break;
    }
    state[k + RANGE] = total > 0 ? Math.max(0, distances[sorted[row]! + ALONG]!) : 0;
  }
}

/** When the range of a pixel is good enough. */
export interface Settling {
  /** A step that gains less than this share of the pixel's sum of distances is the last. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

/**
 * Moves every range towards the least sum of distances: by Newton's steps where the objective's own curvature allows,
 * otherwise by nearly twice those of reweighted least squares, which can never raise the objective.
 * Leaves the corrections too: with the weights as they are, the residuals at the corrected ranges are those with the ranges
 * eliminated.
 */
export function settleRanges(
  { count, state }: PixelTile,
  distances: RayDistances,
  observations: number,
  { tolerance, maxSteps }: Settling,
): void {
  for (let k = 0; k < count; k++) {
    let range = state[k + RANGE]!;
    let correction = 0;
    for (let step = 0; step <= maxSteps; step++) {
      let slope = 0;
      let bound = 0;
      let curvature = 0;
      let sum = 0;
      for (let row = 0, at = k; row < observations; row++, at += ROW) {
        const ahead = range - distances[at + ALONG]!;
        const across2 = distances[at + ACROSS]!;
        const distance2 = ahead * ahead + across2;
        const inverse = 1 / Math.sqrt(distance2);
        const w = distances[at + WEIGHT]! * inverse;
        slope += w * ahead;
        bound += w;
        curvature += w * across2 * inverse * inverse;
        sum += w * distance2;
      }
      if (!(bound > 0)) break;
      if (step === maxSteps) {
        correction = -slope / bound;
        break;
      }
      const before = range;
      const change = -slope / Math.max(curvature, 0.51 * bound);
      range = Math.max(0, range + change);
      if (-slope * change < tolerance * sum) {
        // The slope after so small a step, to first order.
        correction = -(slope + curvature * (range - before)) / bound;
        break;
      }
    }
    state[k + RANGE] = range;
    state[k + CORRECTION] = Math.max(-range, correction);
  }
}

/**
 * Adds one observation to the derivatives of the objective by χ (the tile's forces) and by its edge's parameters
 * (`edgeGradient` `[7]`), both at the corrected ranges. Gives its part of the objective, at the ranges themselves.
 * @param row of the observation in `distances`
 */
export function addForces(
  { count, center, state }: PixelTile,
  distances: RayDistances,
  row: number,
  { translation }: Similarity,
  { kind, floor }: Penalty,
  edgeGradient: Float64Array,
): number {
  const floor2 = floor * floor;
  const squared = kind === "squared";
  let loss = 0;
  let sx = 0;
  let sy = 0;
  let sz = 0;
  let torqueX = 0;
  let torqueY = 0;
  let torqueZ = 0;
  let stretch = 0;
  for (let k = 0, at = row * ROW; k < count; k++, at++) {
    const weight = distances[at + WEIGHT]!;
    const vx = distances[at + X]!;
    const vy = distances[at + Y]!;
    const vz = distances[at + Z]!;
    const range = state[k + RANGE]!;
    const qx = state[k + RAY_X]!;
    const qy = state[k + RAY_Y]!;
    const qz = state[k + RAY_Z]!;
    const rx = range * qx - vx;
    const ry = range * qy - vy;
    const rz = range * qz - vz;
    const distance2 = rx * rx + ry * ry + rz * rz;
    let w = 2 * weight;
    if (squared) loss += weight * distance2;
    else {
      const distance = Math.sqrt(distance2 + floor2);
      w = weight / distance;
      loss += weight * distance;
    }
    const correction = state[k + CORRECTION]!;
    const ux = w * (rx + correction * qx);
    const uy = w * (ry + correction * qy);
    const uz = w * (rz + correction * qz);
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
  // A pair turns and grows about its own origin, not about the camera.
  const tx = center[0] - translation[0];
  const ty = center[1] - translation[1];
  const tz = center[2] - translation[2];
  edgeGradient[0]! -= sx;
  edgeGradient[1]! -= sy;
  edgeGradient[2]! -= sz;
  edgeGradient[3]! -= torqueX + ty * sz - tz * sy;
  edgeGradient[4]! -= torqueY + tz * sx - tx * sz;
  edgeGradient[5]! -= torqueZ + tx * sy - ty * sx;
  edgeGradient[6]! -= stretch + tx * sx + ty * sy + tz * sz;
  return loss;
}
