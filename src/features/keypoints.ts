import { adjugate3, determinant3, dot, type Matrix3, multiplyVector3, type Vector3 } from "../geometry/mat3.ts";
import { SCALES, type ScaleWindow, sigmaOf } from "./scale-space.ts";
import type { Workspace } from "./workspace.ts";

/** A place and scale at which the picture stands out, in pixels of an octave. */
export interface Keypoint {
  readonly x: number;
  readonly y: number;
  /** Blur at which it does so most. */
  readonly sigma: number;
}

/** Least difference of Gaussians at an extremum, of a picture from 0 to 1. */
const PEAK_THRESHOLD = 0.02 / SCALES;
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

/** The extrema of a difference of Gaussians in space and scale, to a fraction of a pixel (Lowe 2004, sections 3.1, 4). */
export function findKeypoints(space: Workspace, window: ScaleWindow): Keypoint[] {
  const { kernels, width, height, stride, found } = space;
  const keypoints: Keypoint[] = [];
  const known = new Set<number>();
  const [g0, g1, g2, g3] = window.planes;
  const places = new Int32Array(space.floats.buffer);
  for (let y = 1; y < height - 1 && width > 2; y++) {
    const at = y * stride + 1;
    const threshold = CANDIDATE_SHARE * PEAK_THRESHOLD;
    const bytes = 4 * (width - 2);
    const [p0, p1, p2, p3] = [4 * (g0 + at), 4 * (g1 + at), 4 * (g2 + at), 4 * (g3 + at)];
    const end = kernels.findExtrema(p0, p1, p2, p3, 4 * stride, bytes, threshold, 4 * found) / 4;
    for (let i = found; i < end; i++) {
      const x = 1 + places[i]! / 4;
      const keypoint = x < width - 1 ? refine(space, window, x, y) : undefined;
      if (keypoint === undefined) continue;
      // An extremum halfway between pixels is found from each of them.
      const place = Math.round(2 * keypoint.y) * 4 * width + Math.round(2 * keypoint.x);
      if (known.has(place)) continue;
      known.add(place);
      keypoints.push(keypoint);
    }
  }
  return keypoints;
}

/** The extremum of the paraboloid through the neighbors of a pixel; undefined for one that is weak, far, or on an edge. */
function refine(space: Workspace, window: ScaleWindow, column: number, row: number): Keypoint | undefined {
  const { width, height } = space;
  let [x, y] = [column, row];
  for (let moves = 0; ; moves++) {
    const { value, gradient, hessian } = derivatives(space, window, x, y);
    const determinant = determinant3(hessian);
    if (determinant === 0) return undefined;
    const [ox, oy, os] = multiplyVector3(adjugate3(hessian), gradient).map(
      (v) => -v / determinant,
    ) as unknown as Vector3;
    const moveX = Math.abs(ox) > MOVE_FROM ? Math.sign(ox) : 0;
    const moveY = Math.abs(oy) > MOVE_FROM ? Math.sign(oy) : 0;
    const isMoving = (moveX !== 0 || moveY !== 0) && moves < MAX_MOVES;
    if (isMoving && isInner(x + moveX, width) && isInner(y + moveY, height)) {
      x += moveX;
      y += moveY;
      continue;
    }
    if (Math.max(Math.abs(ox), Math.abs(oy), Math.abs(os)) >= MAX_OFFSET) return undefined;
    if (Math.abs(value + 0.5 * dot(gradient, [ox, oy, os])) < PEAK_THRESHOLD || isOnEdge(hessian)) return undefined;
    const [px, py] = planarOffset(space, window, y * space.stride + x, os);
    // False where there is none, as well.
    if (!(Math.max(Math.abs(px), Math.abs(py)) < MAX_OFFSET)) return undefined;
    const place = { x: x + px, y: y + py, sigma: sigmaOf(window.index + os) };
    const isWithin = place.x >= 0 && place.y >= 0 && place.x <= width - 1 && place.y <= height - 1;
    return isWithin ? place : undefined;
  }
}

/** Not on the border, where a neighbor is missing. */
function isInner(place: number, length: number): boolean {
  return place >= 1 && place < length - 1;
}

/** Value, gradient and Hessian of the difference of Gaussians by x, y and scale, from a pixel's 26 neighbors. */
function derivatives({ floats, stride }: Workspace, { planes }: ScaleWindow, x: number, y: number) {
  const at = y * stride + x;
  const d = (scale: number, offset: number): number =>
    floats[planes[scale + 1]! + at + offset]! - floats[planes[scale]! + at + offset]!;
  const value = d(1, 0);
  const gradient: Vector3 = [(d(1, 1) - d(1, -1)) / 2, (d(1, stride) - d(1, -stride)) / 2, (d(2, 0) - d(0, 0)) / 2];
  const xx = d(1, 1) + d(1, -1) - 2 * value;
  const yy = d(1, stride) + d(1, -stride) - 2 * value;
  const ss = d(2, 0) + d(0, 0) - 2 * value;
  const xy = (d(1, stride + 1) + d(1, -stride - 1) - d(1, stride - 1) - d(1, 1 - stride)) / 4;
  const xs = (d(2, 1) + d(0, -1) - d(2, -1) - d(0, 1)) / 4;
  const ys = (d(2, stride) + d(0, -stride) - d(2, -stride) - d(0, stride)) / 4;
  const hessian: Matrix3 = [xx, xy, xs, xy, yy, ys, xs, ys, ss];
  return { value, gradient, hessian };
}

function isOnEdge([xx, xy, , , yy]: Matrix3): boolean {
  const determinant = xx * yy - xy * xy;
  return determinant <= 0 || (xx + yy) ** 2 >= EDGE_THRESHOLD * determinant;
}

/**
 * Where the extremum lies from a pixel once its scale is known to be `scale` from the middle one: from the 9 differences
 * around the pixel, interpolated between scales. Lowe's paraboloid leaves out that the curvature changes with the scale, and
 * puts a round spot up to a quarter of a pixel aside; so it is a twenty-fifth.
 */
function planarOffset({ floats, stride }: Workspace, { planes }: ScaleWindow, at: number, scale: number) {
  const d = (offset: number): number => {
    const g = (index: number): number => floats[planes[index]! + at + offset]!;
    const [before, middle, after] = [g(1) - g(0), g(2) - g(1), g(3) - g(2)];
    return middle + scale * ((after - before) / 2 + (scale / 2) * (after - 2 * middle + before));
  };
  const value = d(0);
  const [left, right, above, below] = [d(-1), d(1), d(-stride), d(stride)];
  const [gx, gy] = [(right - left) / 2, (below - above) / 2];
  const [xx, yy] = [left + right - 2 * value, above + below - 2 * value];
  const xy = (d(stride + 1) + d(-stride - 1) - d(stride - 1) - d(1 - stride)) / 4;
  const determinant = xx * yy - xy * xy;
  return [(xy * gy - yy * gx) / determinant, (xy * gx - xx * gy) / determinant] as const;
}
