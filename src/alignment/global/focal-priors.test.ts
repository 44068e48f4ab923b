import { expect, test } from "vitest";
import { centeredIntrinsics } from "../../geometry/camera.ts";
import { identityPose } from "../../geometry/pose.ts";
import { addFocalCurvature, addFocalPriors } from "./focal-priors.ts";
import { lowerIndex } from "./hessian.ts";
import { cameraAt, cameraOffset, edgeOffset, FOCAL, moveWorld, type World } from "./world.ts";

const size = { width: 32, height: 24 };
const focalPriors = { priors: [undefined, { focal: 30, deviation: 0.12 }], strength: 0.7, distance: 2 };
const world: World = {
  cameras: [40, 33].map((focal) => cameraAt(identityPose(), centeredIntrinsics(size, focal))),
  edges: [],
};
const parameters = edgeOffset(2, 0);
const costOf = (logFocal: number) => {
  const at = cameraOffset(1) + FOCAL;
  const moved = moveWorld(world, new Float64Array(parameters).fill(logFocal, at, at + 1));
  return addFocalPriors(moved, focalPriors, new Float64Array(parameters));
};

test("the cost vanishes at the likely focal length; its derivatives are those of its value", () => {
  expect(costOf(Math.log(30 / 33))).toBeCloseTo(0, 12);
  const gradient = new Float64Array(parameters);
  addFocalPriors(world, focalPriors, gradient);
  expect(gradient[cameraOffset(1) + FOCAL]).toBeCloseTo((costOf(1e-5) - costOf(-1e-5)) / 2e-5, 5);
  expect(gradient.filter((value) => value !== 0)).toHaveLength(1);
  const hessians = [0, 1].map(() => ({ edges: [], size: 9, matrix: new Float32Array(45) }));
  addFocalCurvature(focalPriors, hessians);
  const curvature = (costOf(1e-3) + costOf(-1e-3) - 2 * costOf(0)) / 1e-6;
  expect(hessians[1]!.matrix[lowerIndex(FOCAL, FOCAL)]).toBeCloseTo(curvature, 3);
  expect(hessians[0]!.matrix.every((value) => value === 0)).toBe(true);
});
