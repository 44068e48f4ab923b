import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomPose } from "../../../test/random-geometry.ts";
import { gaussian, type Random } from "../../core/random.ts";
import { projectPoints } from "../camera.ts";
import { invertRigid, transformPoints } from "../pose.ts";
import { type Correspondences, changeCamera, ESTIMATED_CAMERA_DOF, type EstimatedCamera } from "./estimated-camera.ts";
import { normalEquations, type RefineOptions, refineCamera } from "./refine-camera.ts";

const options: RefineOptions = { threshold: 50, lossScale: 2, refineFocal: true, maxIterations: 30 };

function problem(random: Random, pixelNoise: number): { truth: EstimatedCamera; data: Correspondences } {
  const camFromWorld = randomPose(random);
  const intrinsics = { fx: 60 + 20 * random(), fy: 50 + 20 * random(), cx: 32, cy: 24 };
  const count = 30;
  const seen = Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 2 + 4 * random() : gaussian(random)));
  const pixels = projectPoints(seen, intrinsics).map((x) => x + pixelNoise * gaussian(random));
  const points = transformPoints(invertRigid(camFromWorld), seen);
  return { truth: { camFromWorld, intrinsics }, data: { count, points, pixels } };
}

function smallChange(random: Random, size: number): Float64Array {
  return Float64Array.from({ length: ESTIMATED_CAMERA_DOF }, () => size * gaussian(random));
}

describe("normalEquations", () => {
  test("the gradient equals central differences of the cost", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, data } = problem(random, 1);
        const camera = changeCamera(truth, smallChange(random, 0.01));
        const { gradient } = normalEquations(camera, data, options);
        const scale = Math.max(...gradient.map(Math.abs));
        gradient.forEach((slope, parameter) => {
          const costAt = (step: number) => {
            const change = new Float64Array(ESTIMATED_CAMERA_DOF);
            change[parameter] = step;
            return normalEquations(changeCamera(camera, change), data, options).cost;
          };
          const difference = (costAt(1e-6) - costAt(-1e-6)) / 2e-6;
          expect(Math.abs(2 * slope - difference) / scale).toBeLessThan(1e-5);
        });
      }),
    );
  });

  test("near an exact fit the Gauss-Newton Hessian equals central differences of the gradient", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, data } = problem(random, 0);
        const { hessian } = normalEquations(truth, data, options);
        const scale = Math.max(...hessian.map(Math.abs));
        for (let column = 0; column < ESTIMATED_CAMERA_DOF; column++) {
          const gradientAt = (step: number) => {
            const change = new Float64Array(ESTIMATED_CAMERA_DOF);
            change[column] = step;
            return normalEquations(changeCamera(truth, change), data, options).gradient;
          };
          const [after, before] = [gradientAt(1e-6), gradientAt(-1e-6)];
          for (let row = column; row < ESTIMATED_CAMERA_DOF; row++) {
            const difference = (after[row]! - before[row]!) / 2e-6;
            expect(Math.abs(hessian[row * ESTIMATED_CAMERA_DOF + column]! - difference) / scale).toBeLessThan(1e-4);
          }
        }
      }),
    );
  });
});

describe("refineCamera", () => {
  test("comes back to the truth from nearby", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, data } = problem(random, 0);
        const found = refineCamera(changeCamera(truth, smallChange(random, 0.02)), data, options);
        expect(largestDifference(found.camFromWorld, truth.camFromWorld)).toBeLessThan(1e-6);
        expect(found.intrinsics.fx / truth.intrinsics.fx).toBeCloseTo(1, 6);
        expect(found.intrinsics.fy / truth.intrinsics.fy).toBeCloseTo(1, 6);
      }),
    );
  });

  test("leaves a known focal length alone", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, data } = problem(random, 0.5);
        const found = refineCamera(truth, data, { ...options, refineFocal: false });
        expect(found.intrinsics).toEqual(truth.intrinsics);
      }),
    );
  });

  test("nothing to go by changes nothing", () => {
    const { truth } = problem(() => 0.3, 0);
    const none = { count: 0, points: new Float64Array(), pixels: new Float64Array() };
    expect(refineCamera(truth, none, options)).toEqual(truth);
  });
});
