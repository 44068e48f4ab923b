import {
  adjugate3,
  determinant3,
  dot,
  type Matrix3,
  multiplyVector3,
  scaleVector3,
  type Vector3,
} from "../geometry/mat3.ts";
import { SCALES, type ScaleWindow, sigmaOf } from "./scale-space.ts";
import type { Workspace } from "./workspace.ts";

/** A place and scale at which the picture stands out, in pixels of an octave. */
export interface Keypoint {
  readonly x: number;
  readonly y: number;
  /** Blur at which it does so most. */
  readonly sigma: number;
  /** How much it does: the difference of Gaussians there, of a picture from 0 to 1, without its sign. */
  readonly contrast: number;
}

/** Least contrast of an ordinary keypoint. */
export const LEAST_CONTRAST: number = 0.02 / SCALES;
/** Pixels are looked at from this share of it on: the extremum between them may be higher. */
const CANDIDATE_SHARE = 0.8;
/** Most that one principal curvature may be times the other: beyond, it is an edge, along which places are not certain. */
const EDGE_RATIO = 10;
const EDGE_THRESHOLD = (EDGE_RATIO + 1) ** 2 / EDGE_RATIO;

const MAX_MOVES = 4;
/** An extremum further from a pixel, along x or y, is that of a neighbor. */
const MOVE_FROM = 0.6;
/** Further away, the parabola is no description of the surroundings. */
const MAX_OFFSET = 1.5;

/** Differences of Gaussians at a pixel and its 26 neighbors, `[scale, y, x]`. */
type Neighborhood = Float64Array;
const MIDDLE = 13;

/**
 * The extrema of a difference of Gaussians in space and scale, to a fraction of a pixel (Lowe 2004, sections 3.1, 4), that stand out by
 * `leastContrast` or more.
 */
export function findKeypoints(space: Workspace, window: ScaleWindow, leastContrast: number): Keypoint[] {
  const { kernels, integers, width, height, stride, found } = space;
  const keypoints: Keypoint[] = [];
  const known = new Set<number>();
  const [g0, g1, g2, g3] = window.planes;
  const near: Neighborhood = new Float64Array(27);
  for (let y = 1; y < height - 1 && width > 2; y++) {
    const at = y * stride + 1;
    const threshold = CANDIDATE_SHARE * leastContrast;
    const bytes = 4 * (width - 2);
    const [p0, p1, p2, p3] = [4 * (g0 + at), 4 * (g1 + at), 4 * (g2 + at), 4 * (g3 + at)];
    const end = kernels.findExtrema(p0, p1, p2, p3, 4 * stride, bytes, threshold, 4 * found) / 4;
    for (let i = found; i < end; i++) {
      const x = 1 + integers[i]! / 4;
      const keypoint = x < width - 1 ? refine(space, window, x, y, near) : undefined;
      if (keypoint === undefined || keypoint.contrast < leastContrast) continue;
      // An extremum halfway between pixels is found from each of them.
      const place = Math.round(2 * keypoint.y) * 4 * width + Math.round(2 * keypoint.x);
      if (known.has(place)) continue;
      known.add(place);
      keypoints.push(keypoint);
    }
  }
  return keypoints;
}

/**
 * The extremum next to a pixel; undefined for one that is far, or on an edge.
 * @param near room for what is read on the way
 */
function refine(
  space: Workspace,
  window: ScaleWindow,
  column: number,
  row: number,
  near: Neighborhood,
): Keypoint | undefined {
  const { width, height, stride } = space;
  let [x, y] = [column, row];
  for (let moves = 0; ; moves++) {
    readNeighborhood(space, window, y * stride + x, near);
    const { gradient, hessian } = derivatives(near);
    const determinant = determinant3(hessian);
    if (determinant === 0) return undefined;
    const offset = scaleVector3(-1 / determinant, multiplyVector3(adjugate3(hessian), gradient));
    const [ox, oy, os] = offset;
    const moveX = Math.abs(ox) > MOVE_FROM ? Math.sign(ox) : 0;
    const moveY = Math.abs(oy) > MOVE_FROM ? Math.sign(oy) : 0;
    const isMoving = (moveX !== 0 || moveY !== 0) && moves < MAX_MOVES;
    if (isMoving && isInner(x + moveX, width) && isInner(y + moveY, height)) {
      x += moveX;
      y += moveY;
      continue;
    }
    if (Math.max(Math.abs(ox), Math.abs(oy), Math.abs(os)) >= MAX_OFFSET) return undefined;
    if (isOnEdge(hessian)) return undefined;
    const contrast = Math.abs(near[MIDDLE]! + 0.5 * dot(gradient, offset));
    const [px, py] = planarOffset(near, os);
    // False where there is none, as well.
    if (!(Math.max(Math.abs(px), Math.abs(py)) < MAX_OFFSET)) return undefined;
    const place = { x: x + px, y: y + py, sigma: sigmaOf(window.index + os), contrast };
    const isWithin = place.x >= 0 && place.y >= 0 && place.x <= width - 1 && place.y <= height - 1;
    return isWithin ? place : undefined;
  }
}

/** Not on the border, where a neighbor is missing. */
function isInner(place: number, length: number): boolean {
  return place >= 1 && place < length - 1;
}

function readNeighborhood(
  { floats, stride }: Workspace,
  { planes }: ScaleWindow,
  at: number,
  near: Neighborhood,
): void {
  for (let scale = 0, i = 0; scale < 3; scale++) {
    const [lower, upper] = [planes[scale]!, planes[scale + 1]!];
    for (let y = at - stride; y <= at + stride; y += stride) {
      for (let x = y - 1; x <= y + 1; x++) near[i++] = floats[upper + x]! - floats[lower + x]!;
    }
  }
}

/** Gradient and Hessian by x, y and scale. */
function derivatives(near: Neighborhood): { readonly gradient: Vector3; readonly hessian: Matrix3 } {
  const [xy, xs, ys] = [mixed(near, 1, 3), mixed(near, 1, 9), mixed(near, 3, 9)];
  return {
    gradient: [first(near, 1), first(near, 3), first(near, 9)],
    hessian: [second(near, 1), xy, xs, xy, second(near, 3), ys, xs, ys, second(near, 9)],
  };
}

function first(near: Neighborhood, step: number): number {
  return (near[MIDDLE + step]! - near[MIDDLE - step]!) / 2;
}

function second(near: Neighborhood, step: number): number {
  return near[MIDDLE + step]! + near[MIDDLE - step]! - 2 * near[MIDDLE]!;
}

function mixed(near: Neighborhood, a: number, b: number): number {
  const [ahead, back] = [MIDDLE + a, MIDDLE - a];
  return (near[ahead + b]! + near[back - b]! - near[ahead - b]! - near[back + b]!) / 4;
}

function isOnEdge([xx, xy, , , yy]: Matrix3): boolean {
  const determinant = xx * yy - xy * xy;
  return determinant <= 0 || (xx + yy) ** 2 >= EDGE_THRESHOLD * determinant;
}

/**
 * Where the extremum lies from the pixel once its scale is known to be `scale` from the middle one: that of the paraboloid
 * through the differences interpolated to this scale. Lowe's, through all 27, leaves out that the curvature changes with the
 * scale, and puts a round spot up to a quarter of a pixel aside; so it is a twenty-fifth.
 */
function planarOffset(near: Neighborhood, scale: number): readonly [x: number, y: number] {
  for (let i = 9; i < 18; i++) {
    const [before, middle, after] = [near[i - 9]!, near[i]!, near[i + 9]!];
    near[i] = middle + scale * ((after - before) / 2 + (scale / 2) * (after - 2 * middle + before));
  }
  const { gradient, hessian } = derivatives(near);
  const [gx, gy] = gradient;
  const [xx, xy, , , yy] = hessian;
  const determinant = xx * yy - xy * xy;
  return [(xy * gy - yy * gx) / determinant, (xy * gx - xx * gy) / determinant];
}
