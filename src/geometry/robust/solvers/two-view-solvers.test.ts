import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../../../test/random-geometry.ts";
import { randomTwoViews } from "../../../../test/random-two-views.ts";
import {
  determinant3,
  dot,
  type Matrix3,
  multiply3,
  multiplyVector3,
  scale3,
  transpose3,
  type Vector3,
} from "../../mat3.ts";
import { rotationOf, translationOf } from "../../pose.ts";
import { solveEssentialFivePoints } from "./essential-five-points.ts";
import { solveFundamentalSevenPoints } from "./fundamental-seven-points.ts";
import { solveHomographyFourPoints } from "./homography-four-points.ts";
import {
  type SeenWithDepth,
  solveThreeAffineDepths,
  solveThreeDepthsSharedFocal,
} from "./relative-pose-three-depths.ts";

/** The smallest difference of a matrix, of either sign, from those found. */
function nearest(found: readonly Matrix3[], truth: Matrix3): number {
  const unit = scale3(1 / Math.hypot(...truth), truth);
  const sizes = found.map((m) => Math.min(largestDifference(m, unit), largestDifference(scale3(-1, m), unit)));
  return Math.min(Number.POSITIVE_INFINITY, ...sizes);
}

function essentialOf(pose: Float64Array): Matrix3 {
  const [x, y, z] = translationOf(pose);
  return multiply3([0, -z, y, z, 0, -x, -y, x, 0], rotationOf(pose));
}

function epipolarError(matrix: Matrix3, bearings1: readonly Vector3[], bearings2: readonly Vector3[]): number {
  return Math.max(...bearings1.map((b, i) => Math.abs(dot(bearings2[i]!, multiplyVector3(matrix, b)))));
}

describe("solveEssentialFivePoints", () => {
  test("every solution is an essential matrix that the points satisfy; one is the truth", () => {
    const runs = 500;
    let exact = 0;
    let [solutions, blurred] = [0, 0];
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 5 });
        const found = solveEssentialFivePoints(views);
        expect(found.length).toBeLessThanOrEqual(10);
        for (const essential of found) {
          expect(epipolarError(essential, views.bearings1, views.bearings2)).toBeLessThan(1e-9);
          const gram = multiply3(essential, transpose3(essential));
          const trace = gram[0] + gram[4] + gram[8];
          const twice = scale3(2, multiply3(gram, essential));
          solutions++;
          if (largestDifference(twice, scale3(trace, essential)) > 1e-6) blurred++;
        }
        const difference = nearest(found, essentialOf(views.cam2FromCam1));
        expect(difference).toBeLessThan(1e-2);
        if (difference < 1e-6) exact++;
      }),
      { numRuns: runs },
    );
    // Near a double root digits are lost.
    expect(exact).toBeGreaterThan(0.98 * runs);
    expect(blurred).toBeLessThan(0.02 * solutions);
  });

  test.each([
    ["one point five times", () => [0.1, 0.2, 1] as Vector3],
    ["not finite", () => [Number.NaN, 0, 1] as Vector3],
    ["all zero", () => [0, 0, 0] as Vector3],
  ])("%s gives none", (_name, bearing) => {
    const bearings1 = Array.from({ length: 5 }, bearing);
    expect(solveEssentialFivePoints({ bearings1, bearings2: bearings1 })).toEqual([]);
  });

  test("whatever a turn without a shift gives is finite", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const found = solveEssentialFivePoints(randomTwoViews(random, { count: 5, turnOnly: true }));
        expect(found.flat().every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

describe("solveFundamentalSevenPoints", () => {
  test("every solution is singular and satisfied by the points; one is the truth, with any focal lengths", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 7 });
        const [zoom1, zoom2] = [0.5 + random(), 0.5 + random()];
        const zoomed = (bearings: readonly Vector3[], zoom: number) =>
          bearings.map(([x, y, z]): Vector3 => [zoom * x, zoom * y, z]);
        const [bearings1, bearings2] = [zoomed(views.bearings1, zoom1), zoomed(views.bearings2, zoom2)];
        const found = solveFundamentalSevenPoints({ bearings1, bearings2 });
        expect(found.length).toBeLessThanOrEqual(3);
        for (const matrix of found) {
          expect(Math.abs(determinant3(matrix))).toBeLessThan(1e-9);
          expect(epipolarError(matrix, bearings1, bearings2)).toBeLessThan(1e-9);
        }
        const inverse = (zoom: number): Matrix3 => [1 / zoom, 0, 0, 0, 1 / zoom, 0, 0, 0, 1];
        const truth = multiply3(multiply3(inverse(zoom2), essentialOf(views.cam2FromCam1)), inverse(zoom1));
        expect(nearest(found, truth)).toBeLessThan(1e-4);
      }),
      { numRuns: 300 },
    );
  });

  test("points that are too few apart give none", () => {
    const bearings1 = Array.from({ length: 7 }, (_, i): Vector3 => [i % 3, 0.5, 1]);
    expect(solveFundamentalSevenPoints({ bearings1, bearings2: bearings1 })).toEqual([]);
  });
});

describe("solveHomographyFourPoints", () => {
  test("is the one that a plane gives", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 12, flat: true });
        const first = (bearings: readonly Vector3[]) => bearings.slice(0, 4);
        const [homography] = solveHomographyFourPoints({
          bearings1: first(views.bearings1),
          bearings2: first(views.bearings2),
        });
        // Three of four points may lie nearly in a line.
        fc.pre(homography !== undefined && determinant3(homography) > 1e-3);
        views.bearings1.forEach((bearing, i) => {
          const [x, y, z] = multiplyVector3(homography, bearing);
          expect(largestDifference([x / z, y / z, 1], views.bearings2[i]!)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["three in a line", [0, 0, 1, 1, 2, 2, 5, 0]],
    ["two alike", [0, 0, 0, 0, 1, 2, 5, 0]],
    ["not finite", [Number.NaN, 0, 1, 1, 2, 5, 3, 0]],
  ])("four points, %s, give none", (_name, pixels) => {
    const random = () => 0.4;
    const bearings1 = Array.from({ length: 4 }, (_, i): Vector3 => [pixels[2 * i]!, pixels[2 * i + 1]!, 1]);
    const bearings2 = randomTwoViews(random, { count: 4 }).bearings2;
    expect(solveHomographyFourPoints({ bearings1, bearings2 })).toEqual([]);
    expect(solveHomographyFourPoints({ bearings1, bearings2: bearings1 })).toEqual([]);
  });
});

/** Three points with depths from which a scale and an offset in each camera have been taken away. */
function withDepths(views: ReturnType<typeof randomTwoViews>, { scale = 1, offset1 = 0, offset2 = 0 }): SeenWithDepth {
  const depths = (points: Float64Array) => [points[2]!, points[5]!, points[8]!] as const;
  return {
    bearings1: views.bearings1 as [Vector3, Vector3, Vector3],
    bearings2: views.bearings2 as [Vector3, Vector3, Vector3],
    depths1: depths(views.points1).map((z) => z - offset1) as unknown as Vector3,
    depths2: depths(views.points2).map((z) => scale * z - offset2) as unknown as Vector3,
  };
}

describe("solveThreeAffineDepths", () => {
  test("finds the pose whatever scale and offsets the depths have", () => {
    let exact = 0;
    const runs = 300;
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 3 });
        const scale = 0.5 + random();
        const sample = withDepths(views, { scale, offset1: random() - 0.5, offset2: random() - 0.5 });
        const found = solveThreeAffineDepths(sample);
        expect(found.length).toBeLessThanOrEqual(4);
        const errors = found.map(({ rotation, translation, scale: s }) =>
          Math.max(
            largestDifference(rotation, rotationOf(views.cam2FromCam1)),
            largestDifference(
              translation,
              translationOf(views.cam2FromCam1).map((x) => scale * x),
            ),
            Math.abs(s / scale - 1),
          ),
        );
        if (Math.min(...errors) < 1e-5) exact++;
      }),
      { numRuns: runs },
    );
    expect(exact).toBeGreaterThan(0.98 * runs);
  });

  test.each([
    ["in a line", [-1, 0, 1]],
    ["all alike", [0.2, 0.2, 0.2]],
    ["not finite", [Number.NaN, 0, 1]],
  ])("points %s give none", (_name, xs) => {
    const bearings = xs.map((x): Vector3 => [x, 0.3, 1]) as [Vector3, Vector3, Vector3];
    const sample = { bearings1: bearings, bearings2: bearings, depths1: [1, 1, 1], depths2: [1, 1, 1] } as const;
    expect(solveThreeAffineDepths(sample)).toEqual([]);
    expect(solveThreeDepthsSharedFocal(sample)).toEqual([]);
  });
});

describe("solveThreeDepthsSharedFocal", () => {
  test("finds pose and focal length", () => {
    let exact = 0;
    const runs = 300;
    fc.assert(
      fc.property(anyRandom, (random) => {
        const views = randomTwoViews(random, { count: 3 });
        const focal = 0.5 + 2 * random();
        const scale = 0.5 + random();
        const exactDepths = withDepths(views, { scale });
        const inPixels = (bearings: SeenWithDepth["bearings1"]) =>
          bearings.map(([x, y, z]): Vector3 => [focal * x, focal * y, z]) as unknown as SeenWithDepth["bearings1"];
        const sample = {
          ...exactDepths,
          bearings1: inPixels(exactDepths.bearings1),
          bearings2: inPixels(exactDepths.bearings2),
        };
        const errors = solveThreeDepthsSharedFocal(sample).map(({ cam2FromCam1, focal: found }) =>
          Math.max(
            Math.abs(found / focal - 1),
            largestDifference(cam2FromCam1.rotation, rotationOf(views.cam2FromCam1)),
          ),
        );
        if (Math.min(...errors) < 1e-5) exact++;
      }),
      { numRuns: runs },
    );
    expect(exact).toBeGreaterThan(0.97 * runs);
  });
});
