import type { LinearMap } from "../../geometry/conjugate-gradients.ts";
import { factorizePositiveDefinite, solveFactorized } from "../../geometry/solve-positive-definite.ts";
import { type ImageHessian, lowerIndex } from "./hessian.ts";
import { type Follower, type GroupMotions, MOTION_DOF, MOTION_SCALE } from "./motion-groups.ts";

/** Added to the diagonal, as a share of it: what groups leave open stays solvable. */
const LEAST_CURVATURE = 1e-9;

/** The motions of groups and what they cost. */
export interface GroupCurvature extends GroupMotions {
  /** The Hessian by the motions of all groups, `[MOTION_DOF · groups, MOTION_DOF · groups]`. */
  readonly matrix: Float64Array;
}

/** What the motions of groups cost by the Hessians of the images. */
export function groupCurvature(motions: GroupMotions, hessians: readonly ImageHessian[]): GroupCurvature {
  const { followers, groups } = motions;
  const size = MOTION_DOF * groups;
  const matrix = new Float64Array(size * size);
  hessians.forEach((hessian, i) => {
    const parts = [followers[i]!, ...hessian.edges.map((edge) => followers[hessians.length + edge]!)];
    addByMotions(hessian, parts, matrix, size);
  });
  return { ...motions, matrix };
}

/**
 * The correction of a residual by motions of whole groups, exactly solved among these: the coarse space of a two-level
 * preconditioner (Nicolaides 1987). Preconditioned by single cameras and pairs alone, conjugate gradients carry a residual from one image
 * to the next in an iteration, and a long walk needs hundreds of them. `dampers`, by parameter, are added to the Hessian's diagonal; where
 * the system is `balanced`, the sum of the logarithms of the pairs' scales stays. Undefined where it is not positive definite.
 */
export function groupCorrection(
  curvature: GroupCurvature,
  { dampers, isBalanced }: { readonly dampers: Float64Array; readonly isBalanced: boolean },
): LinearMap | undefined {
  const { followers, groups } = curvature;
  const size = MOTION_DOF * groups;
  const matrix = damped(curvature, dampers);
  const scales = new Float64Array(size);
  if (isBalanced) {
    for (const { group, byMotion } of followers)
      scales[MOTION_DOF * group + MOTION_SCALE]! += byMotion[MOTION_SCALE * MOTION_DOF + MOTION_SCALE]!;
  }
  const factor = factorizePositiveDefinite(stiffened(matrix, scales), size);
  if (factor === undefined) return undefined;
  const byScales = isBalanced ? solveFactorized(factor, scales) : scales;
  const open = dot(scales, byScales);
  return (residual) => {
    const motions = solveFactorized(factor, onGroups(followers, residual, size));
    // A Lagrange multiplier: what changes all scales together is taken out.
    const multiplier = open > 0 ? dot(scales, motions) / open : 0;
    for (let k = 0; k < size; k++) motions[k]! -= multiplier * byScales[k]!;
    return ofFollowers(followers, motions, residual.length);
  };
}

/** The damped Hessian by the motions of groups, `[size, size]`. */
function damped({ matrix: undamped, followers, groups }: GroupCurvature, dampers: Float64Array): Float64Array {
  const size = MOTION_DOF * groups;
  const matrix = undamped.slice();
  for (const { group, offset, dof, byMotion } of followers) {
    for (let row = 0; row < dof; row++) {
      const first = row * MOTION_DOF;
      for (let a = 0; a < MOTION_DOF; a++) {
        const factor = dampers[offset + row]! * byMotion[first + a]!;
        const at = (MOTION_DOF * group + a) * size + MOTION_DOF * group;
        for (let b = 0; b < MOTION_DOF; b++) matrix[at + b]! += factor * byMotion[first + b]!;
      }
    }
  }
  return matrix;
}

/** Adds an image's Hessian by the motions that its camera and its pairs follow, which are in the order of its parameters. */
function addByMotions(hessian: ImageHessian, parts: readonly Follower[], matrix: Float64Array, size: number): void {
  const groups = [...new Set(parts.map(({ group }) => group))];
  const width = MOTION_DOF * groups.length;
  // [hessian.size, width]: the Hessian times what the groups' motions change.
  const changed = new Float64Array(hessian.size * width);
  let column = 0;
  for (const { group, dof, byMotion } of parts) {
    const place = MOTION_DOF * groups.indexOf(group);
    for (let row = 0; row < hessian.size; row++) {
      for (let k = 0; k < dof; k++) {
        const value = hessian.matrix[lowerIndex(row, column + k)]!;
        for (let b = 0; b < MOTION_DOF; b++) changed[row * width + place + b]! += value * byMotion[k * MOTION_DOF + b]!;
      }
    }
    column += dof;
  }
  let row = 0;
  for (const { group, dof, byMotion } of parts) {
    for (let k = 0; k < dof; k++, row++) {
      for (let a = 0; a < MOTION_DOF; a++) {
        const factor = byMotion[k * MOTION_DOF + a]!;
        if (factor === 0) continue;
        const at = (MOTION_DOF * group + a) * size;
        groups.forEach((other, g) => {
          for (let b = 0; b < MOTION_DOF; b++)
            matrix[at + MOTION_DOF * other + b]! += factor * changed[row * width + MOTION_DOF * g + b]!;
        });
      }
    }
  }
}

/** The matrix without motions that cost nothing, in place: what is held gets any curvature, and so does the change of all scales. */
function stiffened(matrix: Float64Array, scales: Float64Array): Float64Array {
  const size = scales.length;
  const diagonal = scales.map((_, k) => matrix[k * size + k]!);
  const largest = Math.max(...diagonal);
  diagonal.forEach((value, k) => {
    matrix[k * size + k]! += value > 0 ? LEAST_CURVATURE * value : largest;
  });
  const total = scales.reduce((sum, value) => sum + value, 0);
  if (total === 0) return matrix;
  for (let row = MOTION_SCALE; row < size; row += MOTION_DOF) {
    for (let column = MOTION_SCALE; column < size; column += MOTION_DOF)
      matrix[row * size + column]! += (largest * scales[row]! * scales[column]!) / total ** 2;
  }
  return matrix;
}

function onGroups(followers: readonly Follower[], residual: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  for (const { group, offset, dof, byMotion } of followers) {
    for (let row = 0; row < dof; row++) {
      for (let a = 0; a < MOTION_DOF; a++)
        sums[MOTION_DOF * group + a]! += byMotion[row * MOTION_DOF + a]! * residual[offset + row]!;
    }
  }
  return sums;
}

function ofFollowers(followers: readonly Follower[], motions: Float64Array, parameters: number): Float64Array {
  const change = new Float64Array(parameters);
  for (const { group, offset, dof, byMotion } of followers) {
    for (let row = 0; row < dof; row++) {
      for (let a = 0; a < MOTION_DOF; a++)
        change[offset + row]! += byMotion[row * MOTION_DOF + a]! * motions[MOTION_DOF * group + a]!;
    }
  }
  return change;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
