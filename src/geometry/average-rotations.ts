import {
  add3,
  addScaled,
  determinant3,
  IDENTITY3,
  type Matrix3,
  multiply3,
  scale3,
  scaleVector3,
  transpose3,
  type Vector3,
} from "./mat3.ts";
import { rotationFromVector, vectorFromRotation } from "./rotation.ts";
import { svd3 } from "./svd3.ts";

const ITERATIONS = 100;
/** Radians: steps below this end the search, and angles below it count as this. */
const PRECISION = 1e-9;

/**
 * The rotation whose angles to the given ones have the least weighted sum: their median, on which a minority of wrong
 * ones has little pull (Hartley, Aftab and Trumpf, "L1 rotation averaging using the Weiszfeld algorithm", 2011). All
 * weights are one when left out. Undefined without rotations of positive weight.
 */
export function averageRotations(rotations: readonly Matrix3[], weights?: readonly number[]): Matrix3 | undefined {
  const weightOf = (i: number): number => weights?.[i] ?? 1;
  let average = chordalMean(rotations, weightOf);
  for (let iteration = 0; iteration < ITERATIONS && average !== undefined; iteration++) {
    const back = transpose3(average);
    let sum: Vector3 = [0, 0, 0];
    let total = 0;
    rotations.forEach((rotation, i) => {
      const turn = vectorFromRotation(multiply3(rotation, back));
      const weight = weightOf(i) / Math.max(Math.hypot(...turn), PRECISION);
      sum = addScaled(sum, weight, turn);
      total += weight;
    });
    const step = scaleVector3(1 / total, sum);
    average = multiply3(rotationFromVector(step), average);
    if (Math.hypot(...step) < PRECISION) break;
  }
  return average;
}

/** The rotation nearest to the weighted mean of matrices. */
function chordalMean(rotations: readonly Matrix3[], weightOf: (i: number) => number): Matrix3 | undefined {
  const sum = rotations.reduce((m, rotation, i) => add3(m, scale3(weightOf(i), rotation)), scale3(0, IDENTITY3));
  if (!sum.some((x) => x !== 0)) return undefined;
  const { u, v } = svd3(sum);
  const sign = determinant3(u) * determinant3(v) < 0 ? -1 : 1;
  return multiply3(multiply3(u, [1, 0, 0, 0, 1, 0, 0, 0, sign]), transpose3(v));
}
