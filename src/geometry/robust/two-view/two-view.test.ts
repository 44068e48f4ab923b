import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../../../test/random-geometry.ts";
import { matchesOf, randomTwoViews } from "../../../../test/random-two-views.ts";
import { gaussian, type Random } from "../../../core/random.ts";
import { normalize } from "../../mat3.ts";
import { rigidPose, rotationOf, scaleTranslation, translationOf } from "../../pose.ts";
import { rotationFromVector } from "../../rotation.ts";
import type { FocalsKnowledge } from "./focal-knowledge.ts";
import { poseOfEssential } from "./pose-of-essential.ts";
import { refineTwoViews, type TwoViewObjective, twoViewEquations } from "./refine-two-views.ts";
import {
  changeCameras,
  essentialOf,
  type Matches,
  sampsonErrors,
  TWO_VIEW_DOF,
  type TwoViewCameras,
} from "./two-view-cameras.ts";

const focals: FocalsKnowledge = {
  focal1: { focal: 700, logSigma: 0.3 },
  focal2: { focal: 900, logSigma: 0.2 },
  shared: false,
};
const predicted = rigidPose(rotationFromVector([0.2, -0.1, 0.1]), [0.6, 0, 0.8]);
const objective: TwoViewObjective = { threshold: 20, lossScale: 3, focals, predicted, priorWeight: 4 };

function problem(random: Random, noise: number): { truth: TwoViewCameras; matches: Matches } {
  const views = randomTwoViews(random, { count: 60 });
  const [focal1, focal2] = [600 + 200 * random(), 800 + 200 * random()];
  return {
    truth: { cam2FromCam1: views.cam2FromCam1, focal1, focal2 },
    matches: matchesOf(views, [focal1, focal2], () => noise * gaussian(random)),
  };
}

function smallChange(random: Random, size: number): Float64Array {
  return Float64Array.from({ length: TWO_VIEW_DOF }, () => size * gaussian(random));
}

function axis(parameter: number, step: number): Float64Array {
  const change = new Float64Array(TWO_VIEW_DOF);
  change[parameter] = step;
  return change;
}

describe("poseOfEssential", () => {
  test("the pose that the matrix was made of is the one that has the points in front of both cameras", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 5 });
        const truth = rigidPose(rotationOf(views.cam2FromCam1), normalize(translationOf(views.cam2FromCam1)));
        for (const sign of [1, -1]) {
          const essential = essentialOf(truth).map((x) => 3 * sign * x) as unknown as ReturnType<typeof essentialOf>;
          expect(largestDifference(poseOfEssential(essential, views), truth)).toBeLessThan(1e-9);
        }
      }),
    );
  });
});

describe("sampsonErrors", () => {
  test("exact matches have none; behind a camera they are infinite", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = problem(random, 0);
        expect(Math.max(...sampsonErrors(truth, matches))).toBeLessThan(1e-12);
        const back = { ...truth, cam2FromCam1: scaleTranslation(truth.cam2FromCam1, -1) };
        const errors = sampsonErrors(back, matches);
        expect(errors.filter((error) => error === Number.POSITIVE_INFINITY).length).toBeGreaterThan(
          0.9 * matches.count,
        );
      }),
    );
  });

  test("is the squared length of the shortest shift of the pixels onto the epipolar geometry, to first order", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = problem(random, 0.1);
        const errors = sampsonErrors(truth, matches);
        // A shift along the gradient by the error brings it down to second order.
        expect(errors.every((error) => error < 1)).toBe(true);
        const mean = errors.reduce((sum, error) => sum + error, 0) / matches.count;
        expect(Math.sqrt(mean)).toBeGreaterThan(0.06);
        expect(Math.sqrt(mean)).toBeLessThan(0.14);
      }),
    );
  });
});

describe("twoViewEquations", () => {
  test("the gradient equals central differences of the cost", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = problem(random, 1);
        const cameras = changeCameras(truth, smallChange(random, 0.002));
        const { gradient } = twoViewEquations(cameras, matches, objective);
        const scale = Math.max(...gradient.map(Math.abs));
        gradient.forEach((slope, parameter) => {
          const costAt = (step: number) =>
            twoViewEquations(changeCameras(cameras, axis(parameter, step)), matches, objective).cost;
          const difference = (costAt(1e-6) - costAt(-1e-6)) / 2e-6;
          expect(Math.abs(2 * slope - difference) / scale).toBeLessThan(1e-4);
        });
      }),
    );
  });

  test("near an exact fit the Hessian equals central differences of the gradient", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = problem(random, 0);
        const exact = { ...objective, predicted: truth.cam2FromCam1 };
        const { hessian } = twoViewEquations(truth, matches, exact);
        const scale = Math.max(...hessian.map(Math.abs));
        for (let column = 0; column < TWO_VIEW_DOF; column++) {
          const gradientAt = (step: number) =>
            twoViewEquations(changeCameras(truth, axis(column, step)), matches, exact).gradient;
          const [after, before] = [gradientAt(1e-6), gradientAt(-1e-6)];
          for (let row = column; row < TWO_VIEW_DOF; row++) {
            const difference = (after[row]! - before[row]!) / 2e-6;
            expect(Math.abs(hessian[row * TWO_VIEW_DOF + column]! - difference) / scale).toBeLessThan(1e-4);
          }
        }
      }),
    );
  });
});

describe("refineTwoViews", () => {
  test("comes back to the truth from nearby, with known focal lengths", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = problem(random, 0);
        const exact = {
          focal1: { focal: truth.focal1, logSigma: 0 },
          focal2: { focal: truth.focal2, logSigma: 0 },
          shared: false,
        };
        const start = changeCameras(truth, smallChange(random, 0.005).fill(0, 5));
        const alone = { ...objective, focals: exact, predicted: undefined };
        const found = refineTwoViews(start, matches, { ...alone, maxIterations: 30 });
        expect(largestDifference(found.cam2FromCam1, truth.cam2FromCam1)).toBeLessThan(1e-3);
        expect([found.focal1, found.focal2]).toEqual([truth.focal1, truth.focal2]);
      }),
    );
  });

  test("a shared focal length stays shared", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 60 });
        const matches = matchesOf(views, [800, 800], () => 0.3 * gaussian(random));
        const start = changeCameras({ ...views, focal1: 800, focal2: 800 }, Float64Array.of(0, 0, 0, 0, 0, 0.03, 0.03));
        const known = { focal: 800, logSigma: 0.1 };
        const shared = { focal1: known, focal2: known, shared: true };
        const found = refineTwoViews(start, matches, { ...objective, focals: shared, maxIterations: 20 });
        expect(found.focal1).toBeCloseTo(found.focal2, 9);
      }),
    );
  });

  test("without matches all ends at what was expected", () => {
    const start = changeCameras(
      { cam2FromCam1: predicted, focal1: 800, focal2: 800 },
      Float64Array.of(0.1, 0, 0, 0.1, 0, 0, 0),
    );
    const found = refineTwoViews(start, { count: 0, pixels: new Float64Array() }, { ...objective, maxIterations: 60 });
    expect(largestDifference(found.cam2FromCam1, predicted)).toBeLessThan(1e-2);
    expect(found.focal1 / focals.focal1.focal).toBeCloseTo(1, 2);
  });
});
