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
  /** `[count, 3]`, unit vectors: the world point of a pixel is χ = centre + range · ray. */
  readonly rays: Float64Array;
  /** `[count]`, distances from the centre along the rays. */
  readonly ranges: Float64Array;
}

/** Observed points relative to a tile's rays: all that the choice of the ranges needs. Rows of `TILE`, one per observation. */
export interface RayDistances {
  /** How far along the ray the point's foot is. */
  readonly along: Float64Array;
  /** Squared distance from the ray, plus the penalty's squared floor. */
  readonly across: Float64Array;
  readonly weights: Float64Array;
}

/** Room for the distances of some observations. */
export function rayDistances(observations: number): RayDistances {
  const rows = () => new Float64Array(observations * TILE);
  return { along: rows(), across: rows(), weights: rows() };
}

/** Fills the row of one observation. */
export function measureRow(
  { first, count, center, rays }: PixelTile,
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
  const { along, across } = distances;
  for (let k = 0, r = 0, p = 3 * first, at = row * TILE; k < count; k++, r += 3, p += 3, at++) {
    const x = points[p]!;
    const y = points[p + 1]!;
    const z = points[p + 2]!;
    const vx = a * x + b * y + c * z + tx;
    const vy = d * x + e * y + f * z + ty;
    const vz = g * x + h * y + i * z + tz;
    const foot = vx * rays[r]! + vy * rays[r + 1]! + vz * rays[r + 2]!;
    along[at] = foot;
    across[at] = Math.max(0, vx * vx + vy * vy + vz * vz - foot * foot) + floor2;
    distances.weights[at] = share * weights[first + k]!;
  }
}

const slope = new Float64Array(TILE);
const bound = new Float64Array(TILE);
const curvature = new Float64Array(TILE);

/** Sets every range to the weighted mean of what is observed. */
export function meanRanges({ count, ranges }: PixelTile, { along, weights }: RayDistances, observations: number): void {
  slope.fill(0);
  bound.fill(0);
  for (let row = 0; row < observations; row++) {
    for (let k = 0, at = row * TILE; k < count; k++, at++) {
      slope[k]! += weights[at]! * along[at]!;
      bound[k]! += weights[at]!;
    }
  }
  for (let k = 0; k < count; k++) ranges[k] = bound[k]! > 0 ? Math.max(0, slope[k]! / bound[k]!) : 0;
}

/** When the ranges of a tile are good enough. */
export interface Settling {
  /** A step that gains less than this share of the sum of distances is the last. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

/**
 * Moves every range towards the least sum of distances: by Newton's steps where the objective's own curvature allows,
 * otherwise by nearly twice those of reweighted least squares, which can never raise the objective.
 */
export function settleRanges(
  tile: PixelTile,
  distances: RayDistances,
  observations: number,
  { tolerance, maxSteps }: Settling,
): void {
  const { count, ranges } = tile;
  for (let step = 0; step < maxSteps; step++) {
    const sum = addSlopes(tile, distances, observations);
    let gain = 0;
    for (let k = 0; k < count; k++) {
      if (!(bound[k]! > 0)) continue;
      const change = -slope[k]! / Math.max(curvature[k]!, 0.51 * bound[k]!);
      gain -= slope[k]! * change;
      ranges[k] = Math.max(0, ranges[k]! + change);
    }
    if (gain < tolerance * sum) return;
  }
}

/**
 * The change of each range that reweighted least squares would make next: with the weights as they are, the residuals
 * there are those with the ranges eliminated.
 */
export function rangeCorrections(
  tile: PixelTile,
  distances: RayDistances,
  observations: number,
  corrections: Float64Array,
): void {
  addSlopes(tile, distances, observations);
  for (let k = 0; k < tile.count; k++) {
    corrections[k] = bound[k]! > 0 ? Math.max(-tile.ranges[k]!, -slope[k]! / bound[k]!) : 0;
  }
}

/** Sums up slopes and curvatures by range; gives the sum of the weighted distances. */
function addSlopes(
  { count, ranges }: PixelTile,
  { along, across, weights }: RayDistances,
  observations: number,
): number {
  slope.fill(0);
  bound.fill(0);
  curvature.fill(0);
  let sum = 0;
  for (let row = 0; row < observations; row++) {
    for (let k = 0, at = row * TILE; k < count; k++, at++) {
      const ahead = ranges[k]! - along[at]!;
      const across2 = across[at]!;
      const distance2 = ahead * ahead + across2;
      const inverse2 = 1 / distance2;
      const w = weights[at]! * Math.sqrt(inverse2);
      slope[k]! += w * ahead;
      bound[k]! += w;
      curvature[k]! += w * across2 * inverse2;
      sum += w * distance2;
    }
  }
  return sum;
}

/**
 * Adds one observation to the derivatives of the objective by χ (`forces` `[count, 3]`) and by its edge's parameters
 * (`edgeGradient` `[7]`), both at the corrected ranges. Gives its part of the objective, at the ranges themselves.
 */
export function addForces(
  { first, count, center, rays, ranges }: PixelTile,
  { points, weights, share }: Observation,
  { scale, rotation, translation }: Similarity,
  { kind, floor }: Penalty,
  corrections: Float64Array,
  forces: Float64Array,
  edgeGradient: Float64Array,
): number {
  const [a, b, c, d, e, f, g, h, i] = scale3(scale, rotation);
  const tx = center[0] - translation[0];
  const ty = center[1] - translation[1];
  const tz = center[2] - translation[2];
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
  for (let k = 0, r = 0, p = 3 * first; k < count; k++, r += 3, p += 3) {
    const weight = share * weights[first + k]!;
    const x = points[p]!;
    const y = points[p + 1]!;
    const z = points[p + 2]!;
    const bx = a * x + b * y + c * z;
    const by = d * x + e * y + f * z;
    const bz = g * x + h * y + i * z;
    const range = ranges[k]!;
    const qx = rays[r]!;
    const qy = rays[r + 1]!;
    const qz = rays[r + 2]!;
    const rx = tx + range * qx - bx;
    const ry = ty + range * qy - by;
    const rz = tz + range * qz - bz;
    const distance2 = rx * rx + ry * ry + rz * rz;
    let w = 2 * weight;
    if (squared) loss += weight * distance2;
    else {
      const distance = Math.sqrt(distance2 + floor2);
      w = weight / distance;
      loss += weight * distance;
    }
    const correction = corrections[k]!;
    const ux = w * (rx + correction * qx);
    const uy = w * (ry + correction * qy);
    const uz = w * (rz + correction * qz);
    forces[r]! += ux;
    forces[r + 1]! += uy;
    forces[r + 2]! += uz;
    sx += ux;
    sy += uy;
    sz += uz;
    torqueX += by * uz - bz * uy;
    torqueY += bz * ux - bx * uz;
    torqueZ += bx * uy - by * ux;
    stretch += bx * ux + by * uy + bz * uz;
  }
  edgeGradient[0]! -= sx;
  edgeGradient[1]! -= sy;
  edgeGradient[2]! -= sz;
  edgeGradient[3]! -= torqueX;
  edgeGradient[4]! -= torqueY;
  edgeGradient[5]! -= torqueZ;
  edgeGradient[6]! -= stretch;
  return loss;
}
