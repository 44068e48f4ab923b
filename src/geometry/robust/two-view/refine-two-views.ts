import type { Pose } from "../../../core/camera.ts";
import { addGram } from "../../gram.ts";
import { type Matrix3, multiply3, type Vector3 } from "../../mat3.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import { type Equations, levenbergMarquardt } from "../levenberg-marquardt.ts";
import { type FocalsKnowledge, focalDeviations, freeDirections } from "./focal-knowledge.ts";
import { addPosePrior } from "./pose-prior.ts";
import {
  changeCameras,
  crossMatrix,
  essentialOf,
  FOCAL_1,
  FOCAL_2,
  type Matches,
  TWO_VIEW_DOF,
  type TwoViewCameras,
  tangentsOf,
  withFocals,
} from "./two-view-cameras.ts";

/** What to minimize. */
export interface TwoViewObjective {
  /** In pixels; matches that are farther off have no say. */
  readonly threshold: number;
  /** In pixels; well below, errors count by their square, well above by its logarithm. */
  readonly lossScale: number;
  readonly focals: FocalsKnowledge;
  /** Where a network has the second camera, with a translation of length one. */
  readonly predicted?: Pose | undefined;
  /** In pixels²: what a focal length one standard deviation off what was known of it costs. */
  readonly priorWeight: number;
}

/**
 * The cameras on which the matches within the threshold agree best, from ones that are nearly right: Levenberg-Marquardt
 * with analytic derivatives on a truncated Cauchy loss of the Sampson error, and on what is known of the focal lengths.
 */
export function refineTwoViews(
  start: TwoViewCameras,
  matches: Matches,
  { maxIterations, ...objective }: TwoViewObjective & { readonly maxIterations: number },
): TwoViewCameras {
  const free = freeDirections(objective.focals);
  return levenbergMarquardt(
    start,
    {
      equationsAt: (cameras) => alongDirections(twoViewEquations(cameras, matches, objective), free),
      change: (cameras, step) => changeCameras(cameras, combine(free, step)),
    },
    maxIterations,
  );
}

/** Derivatives by the entries of a 3×3 matrix, then an error. */
const ROWS = 10;
/** Matches whose derivatives are multiplied out together. */
const TILE = 64;

/**
 * The objective Σ s² log(1 + e² / s²) + w (Σ deviation² + log(1 + z²)), z being the distance from a predicted pose, and its derivatives by the seven parameters of `changeCameras`.
 * Errors depend on the cameras through F alone: their products are summed over the nine entries of F and brought to the
 * parameters at the end.
 */
export function twoViewEquations(cameras: TwoViewCameras, matches: Matches, objective: TwoViewObjective): Equations {
  const { cost, gram } = fundamentalEquations(cameras, matches, objective);
  const slopes = fundamentalSlopes(cameras);
  const hessian = new Float64Array(TWO_VIEW_DOF ** 2);
  const gradient = new Float64Array(TWO_VIEW_DOF);
  const products = new Float64Array(9);
  for (let row = 0; row < TWO_VIEW_DOF; row++) {
    for (let i = 0; i < 9; i++) {
      products[i] = 0;
      for (let j = 0; j < 9; j++) products[i]! += gram[i < j ? j * ROWS + i : i * ROWS + j]! * slopes[row]![j]!;
      gradient[row]! += gram[9 * ROWS + i]! * slopes[row]![i]!;
    }
    for (let column = 0; column <= row; column++) {
      for (let i = 0; i < 9; i++) hessian[row * TWO_VIEW_DOF + column]! += products[i]! * slopes[column]![i]!;
    }
  }
  const { focals, priorWeight, predicted } = objective;
  const poseCost = predicted ? addPosePrior({ gradient, hessian }, cameras, { predicted, priorWeight }) : 0;
  const deviations = focalDeviations(cameras, focals);
  let priorCost = 0;
  for (const [k, parameter, { logSigma }] of [
    [0, FOCAL_1, focals.focal1],
    [1, FOCAL_2, focals.focal2],
  ] as const) {
    if (logSigma === 0 || (k === 1 && focals.shared)) continue;
    priorCost += priorWeight * deviations[k] ** 2;
    gradient[parameter]! += (priorWeight * deviations[k]) / logSigma;
    hessian[parameter * TWO_VIEW_DOF + parameter]! += priorWeight / logSigma ** 2;
  }
  return { cost: cost + priorCost + poseCost, gradient, hessian };
}

/** How F changes with each of the seven parameters. */
function fundamentalSlopes({ cam2FromCam1, focal1, focal2 }: TwoViewCameras): Matrix3[] {
  const rotation = rotationOf(cam2FromCam1);
  const translation = translationOf(cam2FromCam1);
  const shift = crossMatrix(translation);
  const axes: readonly Vector3[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const slopes = [
    ...axes.map((axis) => multiply3(shift, multiply3(crossMatrix(axis), rotation))),
    ...tangentsOf(translation).map((tangent) => multiply3(crossMatrix(tangent), rotation)),
  ].map((slope) => withFocals(slope, focal1, focal2));
  const [a, b, c, d, e, f, g, h] = withFocals(essentialOf(cam2FromCam1), focal1, focal2);
  return [...slopes, [-a, -b, 0, -d, -e, 0, -g, -h, 0], [-a, -b, -c, -d, -e, -f, 0, 0, 0]];
}

/** The cost, and `[10, 10]` products of the derivatives by the entries of F and the error, in the lower triangle. */
function fundamentalEquations(
  { cam2FromCam1, focal1, focal2 }: TwoViewCameras,
  { count, pixels }: Matches,
  { threshold, lossScale }: TwoViewObjective,
): { readonly cost: number; readonly gram: Float64Array } {
  const limit = threshold * threshold;
  const softness = lossScale * lossScale;
  const outlierCost = softness * Math.log1p(limit / softness);
  const [f0, f1, f2, f3, f4, f5, f6, f7, f8] = withFocals(essentialOf(cam2FromCam1), focal1, focal2);
  const tile = new Float64Array(ROWS * TILE);
  const gram = new Float64Array(ROWS * ROWS);
  let cost = 0;
  let filled = 0;
  /** Of 1 + e² / s² over the tile: one logarithm for all. */
  let product = 1;
  const finishTile = () => {
    cost += softness * Math.log(product);
    addGram(gram, tile, { size: ROWS, length: TILE });
    tile.fill(0);
    filled = 0;
    product = 1;
  };
  for (let k = 0; k < count; k++) {
    const x1 = pixels[4 * k]!;
    const y1 = pixels[4 * k + 1]!;
    const x2 = pixels[4 * k + 2]!;
    const y2 = pixels[4 * k + 3]!;
    const lineX = f0 * x1 + f1 * y1 + f2;
    const lineY = f3 * x1 + f4 * y1 + f5;
    const backX = f0 * x2 + f3 * y2 + f6;
    const backY = f1 * x2 + f4 * y2 + f7;
    const algebraic = x2 * lineX + y2 * lineY + f6 * x1 + f7 * y1 + f8;
    const inverse = 1 / (lineX * lineX + lineY * lineY + backX * backX + backY * backY);
    const squared = algebraic * algebraic * inverse;
    if (!(squared < limit)) {
      cost += outlierCost;
      continue;
    }
    product *= 1 + squared / softness;
    // e = a / √D: its slope is that of a, the algebraic error, less a / D times half that of D.
    const scale = Math.sqrt((softness / (softness + squared)) * inverse);
    const pull = algebraic * inverse;
    const [dx1, dy1] = [pull * lineX, pull * lineY];
    const [dx2, dy2] = [pull * backX, pull * backY];
    tile[filled] = scale * (x2 * x1 - dx1 * x1 - dx2 * x2);
    tile[filled + TILE] = scale * (x2 * y1 - dx1 * y1 - dy2 * x2);
    tile[filled + 2 * TILE] = scale * (x2 - dx1);
    tile[filled + 3 * TILE] = scale * (y2 * x1 - dy1 * x1 - dx2 * y2);
    tile[filled + 4 * TILE] = scale * (y2 * y1 - dy1 * y1 - dy2 * y2);
    tile[filled + 5 * TILE] = scale * (y2 - dy1);
    tile[filled + 6 * TILE] = scale * (x1 - dx2);
    tile[filled + 7 * TILE] = scale * (y1 - dy2);
    tile[filled + 8 * TILE] = scale;
    tile[filled + 9 * TILE] = scale * algebraic;
    if (++filled === TILE) finishTile();
  }
  if (filled > 0) finishTile();
  return { cost, gram };
}

/** The equations along some directions of the parameters alone. */
export function alongDirections(
  { cost, gradient, hessian }: Equations,
  directions: readonly Float64Array[],
): Equations {
  const [from, to] = [gradient.length, directions.length];
  const reducedGradient = new Float64Array(to);
  const reducedHessian = new Float64Array(to * to);
  directions.forEach((direction, row) => {
    for (let i = 0; i < from; i++) {
      if (direction[i] === 0) continue;
      reducedGradient[row]! += direction[i]! * gradient[i]!;
      for (let column = 0; column <= row; column++) {
        for (let j = 0; j < from; j++) {
          const entry = hessian[i < j ? j * from + i : i * from + j]!;
          reducedHessian[row * to + column]! += direction[i]! * entry * directions[column]![j]!;
        }
      }
    }
  });
  return { cost, gradient: reducedGradient, hessian: reducedHessian };
}

function combine(directions: readonly Float64Array[], factors: Float64Array): Float64Array {
  const sum = new Float64Array(directions[0]!.length);
  directions.forEach((direction, k) => {
    for (let i = 0; i < sum.length; i++) sum[i]! += factors[k]! * direction[i]!;
  });
  return sum;
}
