import { addScaled, dot, normalize, subtract, type Vector3 } from "../geometry/mat3.ts";
import { angleGate } from "./angle-gate.ts";
import type { Bundle } from "./bundle.ts";
import { type BundleState, bundleState } from "./bundle-state.ts";
import { type ObservationsByPoint, observationsByPoint } from "./observations-by-point.ts";
import { photoRays } from "./photo-rays.ts";
import { addObservation, emptyPointBlock, invertDamped, multiplySymmetric3, POINT_GRADIENT } from "./point-block.ts";
import { differentiate, emptyReprojection, reproject } from "./reprojection.ts";
import { type BundleSelection, selectObservations } from "./select-observations.ts";

/** Which observations and points are believed. */
export interface PointGates {
  /** Of a reprojection error, in standard deviations of the observation: pixels, where the bundle gives none. */
  readonly maxError: number;
  /** In radians, between some two of a point's rays. */
  readonly minAngle: number;
}

/** Pairs of observations from which a point of a long track is tried. */
const MOST_PAIRS = 64;
const REFINE_STEPS = 5;

/**
 * Every point anew from where photos show it, whatever the bundle has for it: of the points midway between two rays the one on
 * which most observations agree, then the least sum of squared reprojection errors of those. Observations that disagree
 * are left out, like points that nothing or only rays closer than `minAngle` agree on.
 */
export function triangulate(bundle: Bundle, { maxError, minAngle }: PointGates): BundleSelection {
  const observations = observationsByPoint(bundle);
  const { starts, source, photo, xy } = observations;
  const state = bundleState(bundle);
  const photos = photoRays(bundle);
  const kept = new Uint8Array(source.length);
  const isApart = angleGate(minAngle);
  for (let point = 0; point < starts.length - 1; point++) {
    const members = Array.from({ length: starts[point + 1]! - starts[point]! }, (_, i) => starts[point]! + i);
    const rays = members.map((k) => photos[photo[k]!]!.rayAt(xy[2 * k]!, xy[2 * k + 1]!));
    const centers = members.map((k) => photos[photo[k]!]!.center);
    let best: { readonly cost: number; readonly at: Vector3 } | undefined;
    for (const [i, j] of somePairs(members.length)) {
      if (!isApart(rays[i]!, rays[j]!)) continue;
      const at = midpoint(centers[i]!, rays[i]!, centers[j]!, rays[j]!);
      state.points.set(at, 3 * point);
      const cost = truncatedCost(state, observations, point, maxError, best?.cost);
      if (best === undefined || cost < best.cost) best = { cost, at };
    }
    if (best === undefined) continue;
    state.points.set(best.at, 3 * point);
    refinePoint(state, observations, point, maxError);
    const agreed = members.filter((k) => whitened(state, observations, k, point) <= maxError ** 2);
    const [x, y, z] = state.points.subarray(3 * point, 3 * point + 3);
    const directions = agreed.map((k) => normalize(subtract(photos[photo[k]!]!.center, [x!, y!, z!])));
    if (!directions.some((direction, i) => directions.slice(0, i).some((other) => isApart(direction, other)))) continue;
    for (const k of agreed) kept[source[k]!] = 1;
  }
  return selectObservations({ ...bundle, points: state.points }, kept);
}

/** All pairs of `count` things, or of many every so-manieth. */
function* somePairs(count: number): Generator<readonly [number, number]> {
  const stride = Math.ceil((count * (count - 1)) / 2 / MOST_PAIRS);
  let index = 0;
  for (let i = 1; i < count; i++) {
    for (let j = 0; j < i; j++, index++) if (index % stride === 0) yield [i, j];
  }
}

/** Midway between two rays (unit vectors) where they are closest. */
function midpoint(center1: Vector3, ray1: Vector3, center2: Vector3, ray2: Vector3): Vector3 {
  const base = subtract(center2, center1);
  const cosine = dot(ray1, ray2);
  const [along1, along2] = [dot(base, ray1), dot(base, ray2)];
  const squaredSine = 1 - cosine * cosine;
  const end1 = addScaled(center1, (along1 - cosine * along2) / squaredSine, ray1);
  const end2 = addScaled(center2, (cosine * along1 - along2) / squaredSine, ray2);
  return addScaled(end1, 0.5, subtract(end2, end1));
}

const scratch = emptyReprojection();

/** The squared reprojection error in standard deviations; NaN where the camera cannot see the point. */
function whitened(state: BundleState, observations: ObservationsByPoint, k: number, point: number): number {
  return reproject(state, observations, k, point, scratch) * observations.inverseSigma[k]! ** 2;
}

/** Summed no further than to `bound`. */
function truncatedCost(
  state: BundleState,
  observations: ObservationsByPoint,
  point: number,
  maxError: number,
  bound: number = Number.POSITIVE_INFINITY,
): number {
  const { starts } = observations;
  const limit = maxError ** 2;
  let cost = 0;
  for (let k = starts[point]!; k < starts[point + 1]! && cost < bound; k++) {
    const squared = whitened(state, observations, k, point);
    cost += squared < limit ? squared : limit;
  }
  return cost;
}

/** Gauss-Newton steps of one point on the observations within `maxError`, as long as they help. */
function refinePoint(state: BundleState, observations: ObservationsByPoint, point: number, maxError: number): void {
  const { starts, inverseSigma } = observations;
  const block = emptyPointBlock();
  const inverse = new Float64Array(6);
  const step = new Float64Array(3);
  const at = state.points.subarray(3 * point, 3 * point + 3);
  let cost = truncatedCost(state, observations, point, maxError);
  for (let iteration = 0; iteration < REFINE_STEPS; iteration++) {
    block.fill(0);
    for (let k = starts[point]!; k < starts[point + 1]!; k++) {
      if (!(whitened(state, observations, k, point) < maxError ** 2)) continue;
      differentiate(state, observations, k, inverseSigma[k]!, scratch);
      addObservation(block, scratch);
    }
    invertDamped(block, 0, inverse);
    multiplySymmetric3(inverse, block, POINT_GRADIENT, step, 0);
    const before = at.slice();
    for (let i = 0; i < 3; i++) at[i]! -= step[i]!;
    const next = truncatedCost(state, observations, point, maxError, cost);
    if (next < cost) cost = next;
    else {
      at.set(before);
      return;
    }
  }
}
