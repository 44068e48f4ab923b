import { addGram } from "../../gram.ts";
import { adjugate3, type Matrix3, multiply3, scale3, type Vector3 } from "../../mat3.ts";
import { nullSpace } from "../../null-space.ts";
import { rotationFromVector } from "../../rotation.ts";
import type { Estimator, Score } from "../estimator.ts";
import { type Equations, levenbergMarquardt } from "../levenberg-marquardt.ts";
import { solveHomographyFourPoints } from "../solvers/homography-four-points.ts";
import { bearingsOf } from "./essential-estimator.ts";
import { type FocalsKnowledge, freeDirections } from "./focal-knowledge.ts";
import { alongDirections } from "./refine-two-views.ts";
import { crossMatrix, type Matches, type ScoreOptions } from "./two-view-cameras.ts";

/** What to minimize: as for two cameras. */
export interface HomographyObjective {
  /** In pixels. */
  readonly threshold: number;
  /** In pixels. */
  readonly lossScale: number;
}

const LOCAL_STEPS = 6;

/** The homography H (x₂ ∝ H x₁, pixels from the principal points) by four points, as LO-RANSAC sees it. */
export function homographyEstimator(
  matches: Matches,
  unit: readonly [number, number],
  objective: HomographyObjective,
): Estimator<Matrix3> {
  return {
    sampleSize: 4,
    count: matches.count,
    solve(sample) {
      return solveHomographyFourPoints(bearingsOf(matches, sample, unit)).map((h) => inPixels(h, unit));
    },
    score: (homography, most) => scoreHomography(homography, matches, { threshold: objective.threshold, most }),
    refine: (homography) => refineHomography(homography, matches, { ...objective, maxIterations: LOCAL_STEPS }),
  };
}

/** K₂ H K₁⁻¹: a homography of bearings as one of pixels. */
export function inPixels([a, b, c, d, e, f, g, h, i]: Matrix3, [focal1, focal2]: readonly [number, number]): Matrix3 {
  const zoom = focal2 / focal1;
  return [a * zoom, b * zoom, c * focal2, d * zoom, e * zoom, f * focal2, g / focal1, h / focal1, i];
}

/**
 * The squared transfer error of each match in pixels², `[count]`: half of what both ways add up to, as a point may be wrong
 * in either photo; infinite beyond the horizon.
 */
export function transferErrors(homography: Matrix3, { count, pixels }: Matches): Float64Array {
  const errors = new Float64Array(count);
  const inverse = adjugate3(homography);
  for (let k = 0; k < count; k++) {
    const [x1, y1, x2, y2] = [pixels[4 * k]!, pixels[4 * k + 1]!, pixels[4 * k + 2]!, pixels[4 * k + 3]!];
    const forward = squaredTransfer(homography, x1, y1, x2, y2);
    const squared = (forward + squaredTransfer(inverse, x2, y2, x1, y1)) / 2;
    errors[k] = squared >= 0 ? squared : Number.POSITIVE_INFINITY;
  }
  return errors;
}

/** The MSAC score of transfer errors; of a homography that costs more than `most`, only that it does. */
export function scoreHomography(
  homography: Matrix3,
  { count, pixels }: Matches,
  { threshold, most = Number.POSITIVE_INFINITY }: ScoreOptions,
): Score {
  const limit = threshold * threshold;
  const inverse = adjugate3(homography);
  let cost = 0;
  let inliers = 0;
  for (let k = 0; k < count && cost < most; k++) {
    const [x1, y1, x2, y2] = [pixels[4 * k]!, pixels[4 * k + 1]!, pixels[4 * k + 2]!, pixels[4 * k + 3]!];
    const forward = squaredTransfer(homography, x1, y1, x2, y2);
    // Most homographies are wrong: one way tells.
    const squared = forward < 2 * limit ? (forward + squaredTransfer(inverse, x2, y2, x1, y1)) / 2 : limit;
    if (squared < limit) {
      inliers++;
      cost += squared;
    } else cost += limit;
  }
  return { cost, inliers, count };
}

function squaredTransfer(m: Matrix3, x: number, y: number, u: number, v: number): number {
  const w = m[6] * x + m[7] * y + m[8];
  if (!(w > 0)) return Number.POSITIVE_INFINITY;
  return ((m[0] * x + m[1] * y + m[2]) / w - u) ** 2 + ((m[3] * x + m[4] * y + m[5]) / w - v) ** 2;
}

/** The homography on which the matches within the threshold agree best, from one that is nearly right. */
export function refineHomography(
  start: Matrix3,
  matches: Matches,
  { maxIterations, ...objective }: HomographyObjective & { readonly maxIterations: number },
): Matrix3 {
  // Any change but its own multiple is a change.
  const changes = (h: Matrix3) => nullSpace(Float64Array.from(h), 9)!;
  return levenbergMarquardt(
    start,
    {
      equationsAt: (h) => alongDirections(transferEquations(h, matches, objective), changes(h)),
      change: (h, step) =>
        changes(h).reduce((sum, direction, k) => sum.map((x, i) => x + step[k]! * direction[i]!), [
          ...h,
        ] as readonly number[]) as unknown as Matrix3,
    },
    maxIterations,
  );
}

/** A camera that only turns and zooms. */
export interface TurningCamera {
  readonly rotation: Matrix3;
  readonly focal1: number;
  readonly focal2: number;
}

/** The homography of a camera that only turns. */
export function homographyOfTurn({ rotation, focal1, focal2 }: TurningCamera): Matrix3 {
  return inPixels(rotation, [focal1, focal2]);
}

/** The turn on which the matches within the threshold agree best, with focal lengths as far as they are not exact. */
export function refineTurn(
  start: TurningCamera,
  matches: Matches,
  {
    maxIterations,
    focals,
    ...objective
  }: HomographyObjective & { readonly focals: FocalsKnowledge; readonly maxIterations: number },
): TurningCamera {
  // Of the two cameras' directions those that turn and zoom: a translation means nothing here.
  const free = freeDirections(focals).filter((direction) => direction[3] === 0 && direction[4] === 0);
  const sum = (step: Float64Array, parameter: number) =>
    free.reduce((total, direction, k) => total + step[k]! * direction[parameter]!, 0);
  return levenbergMarquardt(
    start,
    {
      equationsAt: (turn) => {
        const slopes = slopesOfTurn(turn);
        const directions = free.map((direction) =>
          slopes.reduce((total, slope, k) => total.map((x, i) => x + direction[k]! * slope[i]!), new Float64Array(9)),
        );
        return alongDirections(transferEquations(homographyOfTurn(turn), matches, objective), directions);
      },
      change: ({ rotation, focal1, focal2 }, step) => ({
        rotation: multiply3(rotationFromVector([sum(step, 0), sum(step, 1), sum(step, 2)]), rotation),
        focal1: focal1 * Math.exp(sum(step, 5)),
        focal2: focal2 * Math.exp(sum(step, 6)),
      }),
    },
    maxIterations,
  );
}

/** How the homography changes with the parameters of two cameras; not at all with their translation. */
function slopesOfTurn({ rotation, focal1, focal2 }: TurningCamera): Matrix3[] {
  const axes: readonly Vector3[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const none = scale3(0, rotation);
  const h = inPixels(rotation, [focal1, focal2]);
  const turns = axes.map((axis) => inPixels(multiply3(crossMatrix(axis), rotation), [focal1, focal2]));
  const zoom1: Matrix3 = [-h[0], -h[1], 0, -h[3], -h[4], 0, -h[6], -h[7], 0];
  const zoom2: Matrix3 = [h[0], h[1], h[2], h[3], h[4], h[5], 0, 0, 0];
  return [...turns, none, none, zoom1, zoom2];
}

/** Derivatives by the nine entries, then the error. */
const ROWS = 10;
const TILE = 32;

/** The truncated Cauchy loss of the forward transfer error, by the nine entries of the homography. */
export function transferEquations(
  [a, b, c, d, e, f, g, h, i]: Matrix3,
  { count, pixels }: Matches,
  { threshold, lossScale }: HomographyObjective,
): Equations {
  const limit = threshold * threshold;
  const softness = lossScale * lossScale;
  const outlierCost = softness * Math.log1p(limit / softness);
  const tile = new Float64Array(ROWS * 2 * TILE);
  const gram = new Float64Array(ROWS * ROWS);
  let cost = 0;
  let filled = 0;
  const finishTile = () => {
    addGram(gram, tile, { size: ROWS, length: 2 * TILE });
    tile.fill(0);
    filled = 0;
  };
  for (let k = 0; k < count; k++) {
    const x = pixels[4 * k]!;
    const y = pixels[4 * k + 1]!;
    const inverse = 1 / (g * x + h * y + i);
    const u = (a * x + b * y + c) * inverse;
    const v = (d * x + e * y + f) * inverse;
    const errors = [u - pixels[4 * k + 2]!, v - pixels[4 * k + 3]!] as const;
    const squared = errors[0] * errors[0] + errors[1] * errors[1];
    if (!(inverse > 0 && squared < limit)) {
      cost += outlierCost;
      continue;
    }
    cost += softness * Math.log1p(squared / softness);
    const root = Math.sqrt(softness / (softness + squared));
    const scale = root * inverse;
    for (const [axis, value] of [u, v].entries()) {
      const column = 2 * filled + axis;
      const first = 3 * axis;
      tile[column + first * 2 * TILE] = scale * x;
      tile[column + (first + 1) * 2 * TILE] = scale * y;
      tile[column + (first + 2) * 2 * TILE] = scale;
      tile[column + 12 * TILE] = -scale * value * x;
      tile[column + 14 * TILE] = -scale * value * y;
      tile[column + 16 * TILE] = -scale * value;
      tile[column + 18 * TILE] = root * errors[axis]!;
    }
    if (++filled === TILE) finishTile();
  }
  if (filled > 0) finishTile();
  const hessian = new Float64Array(81);
  for (let row = 0; row < 9; row++) hessian.set(gram.subarray(row * ROWS, row * ROWS + 9), row * 9);
  return { cost, gradient: gram.slice(9 * ROWS, 9 * ROWS + 9), hessian };
}
