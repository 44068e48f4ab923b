import type { Pose } from "../../../core/camera.ts";
import { addGram } from "../../gram.ts";
import type { Matrix3, Vector3 } from "../../mat3.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import { type Equations, levenbergMarquardt } from "../levenberg-marquardt.ts";
import { type FocalsKnowledge, focalDeviations, freeDirections } from "./focal-knowledge.ts";
import { addPosePrior } from "./pose-prior.ts";
import {
  changeCameras,
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
const TILE = 32;

/**
 * The objective Σ s² log(1 + e² / s²) + w (Σ deviation² + log(1 + z²)), z being the distance from a predicted pose, and its derivatives by the seven parameters of `changeCameras`.
 * Errors depend on the cameras through F alone: their products are summed over the nine entries of F and brought to the
 * parameters at the end.
 */
export function twoViewEquations(cameras: TwoViewCameras, matches: Matches, objective: TwoViewObjective): Equations {
  const cost = fillFundamentalEquations(cameras, matches, objective);
  fillFundamentalSlopes(cameras);
  const hessian = new Float64Array(TWO_VIEW_DOF ** 2);
  const gradient = new Float64Array(TWO_VIEW_DOF);
  for (let row = 0; row < TWO_VIEW_DOF; row++) {
    for (let i = 0; i < 9; i++) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += gram[i * ROWS + j]! * slopes[9 * row + j]!;
      for (let j = i + 1; j < 9; j++) sum += gram[j * ROWS + i]! * slopes[9 * row + j]!;
      products[i] = sum;
      gradient[row]! += gram[9 * ROWS + i]! * slopes[9 * row + i]!;
    }
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let i = 0; i < 9; i++) sum += products[i]! * slopes[9 * column + i]!;
      hessian[row * TWO_VIEW_DOF + column] = sum;
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

/** How F changes with each of the seven parameters, in `slopes`. */
function fillFundamentalSlopes({ cam2FromCam1, focal1, focal2 }: TwoViewCameras): void {
  const translation = translationOf(cam2FromCam1);
  const [a, b, c, d, e, f, g, h, i] = rotationOf(cam2FromCam1);
  const focals = [focal1, focal2] as const;
  // [t]× [axis]× R, and [tangent]× R.
  fillCross(0, translation, [0, 0, 0, -g, -h, -i, d, e, f], focals);
  fillCross(9, translation, [g, h, i, 0, 0, 0, -a, -b, -c], focals);
  fillCross(18, translation, [-d, -e, -f, a, b, c, 0, 0, 0], focals);
  const [tangent1, tangent2] = tangentsOf(translation);
  fillCross(27, tangent1, [a, b, c, d, e, f, g, h, i], focals);
  fillCross(36, tangent2, [a, b, c, d, e, f, g, h, i], focals);
  fillCross(45, translation, [a, b, c, d, e, f, g, h, i], focals);
  for (let k = 0; k < 9; k++) {
    const entry = slopes[45 + k]!;
    slopes[45 + k] = k % 3 < 2 ? -entry : 0;
    slopes[54 + k] = k < 6 ? -entry : 0;
  }
}

/** [v]× M as a matrix between pixels, from `at` on in `slopes`. */
function fillCross(
  at: number,
  [x, y, z]: Vector3,
  [a, b, c, d, e, f, g, h, i]: Matrix3,
  [focal1, focal2]: readonly [number, number],
): void {
  const both = 1 / (focal1 * focal2);
  slopes[at] = both * (y * g - z * d);
  slopes[at + 1] = both * (y * h - z * e);
  slopes[at + 2] = (y * i - z * f) / focal2;
  slopes[at + 3] = both * (z * a - x * g);
  slopes[at + 4] = both * (z * b - x * h);
  slopes[at + 5] = (z * c - x * i) / focal2;
  slopes[at + 6] = (x * d - y * a) / focal1;
  slopes[at + 7] = (x * e - y * b) / focal1;
  slopes[at + 8] = x * f - y * c;
}

/** What one evaluation leaves for the next to overwrite: a search asks for tens of thousands. */
const tile = new Float64Array(ROWS * TILE);
/** `[10, 10]`: products of the derivatives by the entries of F and the error, in the lower triangle. */
const gram = new Float64Array(ROWS * ROWS);
/** `[7, 9]`: derivatives of F. */
const slopes = new Float64Array(9 * TWO_VIEW_DOF);
const products = new Float64Array(9);

/** Fills `gram` and returns the cost. */
function fillFundamentalEquations(
  { cam2FromCam1, focal1, focal2 }: TwoViewCameras,
  { count, pixels }: Matches,
  { threshold, lossScale }: TwoViewObjective,
): number {
  const limit = threshold * threshold;
  const softness = lossScale * lossScale;
  const outlierCost = softness * Math.log1p(limit / softness);
  const [f0, f1, f2, f3, f4, f5, f6, f7, f8] = withFocals(essentialOf(cam2FromCam1), focal1, focal2);
  tile.fill(0);
  gram.fill(0);
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
  return cost;
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
