import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../../../test/random-geometry.ts";
import { matchesOf, randomTwoViews } from "../../../../test/random-two-views.ts";
import { gaussian, type Random } from "../../../core/random.ts";
import { IDENTITY3, type Matrix3, multiply3, scale3 } from "../../mat3.ts";
import { rotationOf, scaleTranslation, translationOf } from "../../pose.ts";
import { rotationAngle, rotationFromVector } from "../../rotation.ts";
import { decomposeHomography } from "./decompose-homography.ts";
import {
  homographyEstimator,
  homographyOfTurn,
  inPixels,
  refineHomography,
  refineTurn,
  transferEquations,
  transferErrors,
} from "./homography.ts";

const objective = { threshold: 30, lossScale: 3 };
const focals = {
  focal1: { focal: 700, logSigma: 0.3 },
  focal2: { focal: 800, logSigma: 0.3 },
  shared: false,
};

function turned(random: Random, noise: number) {
  const views = randomTwoViews(random, { count: 80, turnOnly: true });
  const truth = { rotation: rotationOf(views.cam2FromCam1), focal1: 700, focal2: 800 };
  return { truth, matches: matchesOf(views, [700, 800], () => noise * gaussian(random)) };
}

describe("transferEquations", () => {
  test("the gradient equals central differences of the cost", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = turned(random, 2);
        const h = homographyOfTurn(truth);
        const { gradient } = transferEquations(h, matches, objective);
        gradient.forEach((slope, entry) => {
          const step = 1e-6 * (Math.abs(h[entry]!) + 1e-4);
          const costAt = (change: number) =>
            transferEquations(h.map((x, i) => (i === entry ? x + change : x)) as unknown as Matrix3, matches, objective)
              .cost;
          const difference = (costAt(step) - costAt(-step)) / (2 * step);
          expect(Math.abs(2 * slope - difference)).toBeLessThan(1e-3 * (Math.abs(slope) + 1));
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe("refineHomography and refineTurn", () => {
  test("come back to the truth from nearby", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { truth, matches } = turned(random, 0);
        const off = multiply3(rotationFromVector([0.003, -0.002, 0.003]), truth.rotation);
        const turn = refineTurn({ ...truth, rotation: off }, matches, { ...objective, focals, maxIterations: 30 });
        expect(Math.max(...transferErrors(homographyOfTurn(turn), matches))).toBeLessThan(1e-6);
        expect(rotationAngle(turn.rotation, truth.rotation)).toBeLessThan(1e-3);
        const free = refineHomography(inPixels(off, [700, 800]), matches, { ...objective, maxIterations: 30 });
        expect(Math.max(...transferErrors(free, matches))).toBeLessThan(1e-6);
      }),
      { numRuns: 50 },
    );
  });
});

test("transfer errors are those of the pixels, and infinite beyond the horizon", () => {
  const matches = { count: 2, pixels: Float64Array.of(10, 20, 13, 24, -300, 0, 0, 0) };
  const errors = transferErrors([1, 0, 0, 0, 1, 0, 0.01, 0, 1], matches);
  expect(errors[1]).toBe(Number.POSITIVE_INFINITY);
  expect(transferErrors(IDENTITY3, matches)[0]).toBeCloseTo(25, 12);
});

test("the estimator's samples of a plane fit the plane", () => {
  const views = randomTwoViews(() => 0.37, { count: 1, flat: true });
  expect(views.points1.length).toBe(3);
  fc.assert(
    fc.property(anyRandom, (random) => {
      const matches = matchesOf(randomTwoViews(random, { count: 30, flat: true }), [700, 800], () => 0);
      const estimator = homographyEstimator(matches, [700, 800], objective);
      for (const homography of estimator.solve(Int32Array.of(0, 1, 2, 3))) {
        // Where three of the four nearly lie in a line the others are far off by rounding alone.
        expect(estimator.score(homography).inliers).toBe(30);
      }
    }),
  );
});

describe("decomposeHomography", () => {
  test("one of the solutions is the pose, in units of the plane's distance", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const { cam2FromCam1, plane, bearings1 } = randomTwoViews(random, { count: 1, flat: true });
        const shift = scaleTranslation(cam2FromCam1, 1 / plane!.distance);
        const [tx, ty, tz] = translationOf(shift);
        const [nx, ny, nz] = plane!.normal;
        const outer: Matrix3 = [tx * nx, tx * ny, tx * nz, ty * nx, ty * ny, ty * nz, tz * nx, tz * ny, tz * nz];
        const homography = scale3(0.5 + random(), rotationOf(shift).map((r, i) => r + outer[i]!) as unknown as Matrix3);
        const found = decomposeHomography(homography, bearings1[0]!);
        expect(found.length).toBeLessThanOrEqual(2);
        expect(Math.min(...found.map((one) => largestDifference(one.cam2FromCam1, shift)))).toBeLessThan(1e-6);
      }),
    );
  });

  test("a turn alone has none", () => {
    expect(decomposeHomography(rotationFromVector([0.1, 0.2, 0.3]), [0, 0, 1])).toEqual([]);
  });
});
