import { describe, expect, test } from "vitest";
import { type MatchedPhotosOptions, matchedPhotos } from "../../../../test/matched-photos.ts";
import { gaussian, seededRandom } from "../../../core/random.ts";
import { translationOf } from "../../pose.ts";
import { poseDifference } from "./two-view-ranking.ts";
import { type VerifiedTwoViews, verifyTwoViews } from "./verify-two-views.ts";

/** What verification says of photos, and how wrong it is, in degrees and as a share of the focal length. */
function outcomes(name: string, options: MatchedPhotosOptions, seeds = 2) {
  return Array.from({ length: seeds }, (_, seed) => {
    const photos = matchedPhotos(`${name} ${seed}`, options);
    const result = verifyTwoViews(photos.problem, { seed });
    return { photos, result, ...errorsOf(result, photos) };
  });
}

function errorsOf(result: VerifiedTwoViews, truth: ReturnType<typeof matchedPhotos>) {
  if (result.status === "failed") return { rotation: Number.NaN, direction: Number.NaN, focal: Number.NaN };
  const { rotation, direction } = poseDifference(result.cameras, truth);
  const degrees = 180 / Math.PI;
  const focal = Math.abs(result.cameras.focal1 / truth.focal - 1);
  return { rotation: degrees * rotation, direction: degrees * direction, focal };
}

describe("verifyTwoViews finds pose and focal length", () => {
  test.each<[string, MatchedPhotosOptions]>([
    ["of ordinary photos", {}],
    ["without a prediction", { predictedOff: Number.NaN }],
    ["with an exact focal length", { focalFactor: 1, focalSigma: 0 }],
    ["of 40 matches", { count: 40 }],
    ["of 15 % right matches, the prediction 15 degrees off", { count: 400, outliers: 0.85, predictedOff: 15 }],
    ["of 60 % right matches, the prediction 60 degrees off", { outliers: 0.4, predictedOff: 60 }],
    ["where half the focal length was expected", { focalFactor: 0.5, focalSigma: 0.35, outliers: 0.2, noise: 0.5 }],
    ["where depths say nothing", { depthNoise: 1 }],
  ])("%s", (name, options) => {
    for (const { result, rotation, direction, focal, photos } of outcomes(name, options)) {
      expect(result.verdict).toBe("verified");
      expect(rotation).toBeLessThan(1.5);
      expect(direction).toBeLessThan(6);
      expect(focal).toBeLessThan(0.25);
      if (result.status === "failed") continue;
      const wrong = result.inliers.filter((isInlier, k) => isInlier === 1 && photos.right[k] === 0).length;
      expect(wrong).toBeLessThan(0.12 * result.inlierCount + 3);
    }
  });
});

describe("verifyTwoViews declines", () => {
  test.each([8, 30, 500])("%i matches that mean nothing", (count) => {
    for (const { result } of outcomes(`nothing ${count}`, { count, outliers: 1 }))
      expect(result.verdict).toBe("chance");
  });

  test("matches of two crowded lines", () => {
    const random = seededRandom("horizon");
    // Features along a horizon agree with any camera that moves along it.
    const matches = Float64Array.from({ length: 4 * 200 }, (_, i) =>
      i % 2 === 0 ? 800 * random() : 300 + 2 * gaussian(random),
    );
    const { photo1, photo2, focals } = matchedPhotos("horizon").problem;
    expect(verifyTwoViews({ matches, photo1, photo2, focals }).verdict).not.toBe("verified");
  });

  test.each([
    ["none", 0],
    ["seven", 7],
  ])("%s", (_name, count) => {
    const { problem } = matchedPhotos("few", { count: Math.max(count, 1) });
    const matches = problem.matches.slice(0, 4 * count);
    expect(verifyTwoViews({ ...problem, matches }).verdict).toBe("too-few");
  });

  test("what is not finite", () => {
    const { problem } = matchedPhotos("finite", { count: 20 });
    const matches = Float64Array.from(problem.matches, (x, i) => (i % 4 === 2 ? Number.NaN : x));
    expect(verifyTwoViews({ ...problem, matches }).verdict).toBe("too-few");
  });

  test("one match many times", () => {
    const { problem } = matchedPhotos("once", { count: 50 });
    const matches = problem.matches.map((_, i) => problem.matches[i % 4]!);
    expect(["chance", "rotation"]).toContain(verifyTwoViews({ ...problem, matches }).verdict);
  });
});

describe("verifyTwoViews says", () => {
  test.each([0.2, 0.6])("that a camera only turned, %f of the matches wrong", (outliers) => {
    for (const { result, rotation } of outcomes(`turn ${outliers}`, { motion: "none", outliers })) {
      expect(result.verdict).toBe("rotation");
      expect(rotation).toBeLessThan(0.6);
    }
  });

  test("that all points lie in a plane, or that more than one pose is left", () => {
    for (const { result } of outcomes("plane", { scene: "plane" }, 4)) {
      expect(["planar", "ambiguous"]).toContain(result.verdict);
    }
  });

  test("nothing that a repeated pattern of fewer matches says", () => {
    for (const { result, rotation } of outcomes("repeated", { repeated: 0.3, outliers: 0.2, shift: [40, 90] })) {
      if (result.verdict === "verified") expect(rotation).toBeLessThan(2);
    }
  });

  test("that two patterns are as good as each other where nothing decides between them", () => {
    const options = { repeated: 0.48, outliers: 0, shift: [30, 110], predictedOff: Number.NaN } as const;
    const found = outcomes("twice", options, 3);
    expect(found.filter(({ result }) => result.verdict === "ambiguous").length).toBeGreaterThanOrEqual(2);
    for (const { result, rotation } of found) if (result.verdict === "verified") expect(rotation).toBeLessThan(1);
  });
});

test("a focal length that matches do not fix stays near what was known of it", () => {
  for (const { focal, result } of outcomes("run away", { noise: 1.5, count: 80, focalFactor: 1, focalSigma: 0.1 })) {
    expect(result.status).toBe("ok");
    expect(focal).toBeLessThan(0.25);
  }
});

test("photos of different sizes and focal lengths", () => {
  const { problem, cam2FromCam1, focal } = matchedPhotos("sizes", {});
  const matches = problem.matches.map((x, i) => (i % 4 < 2 ? x : 2 * x + 0.5));
  const photo2 = { width: 1600, height: 1200 };
  const { focal1 } = problem.focals;
  const focals = { focal1, focal2: { focal: 2 * focal1.focal, logSigma: 0.3 }, shared: false };
  const result = verifyTwoViews({ ...problem, matches, photo2, focals });
  if (result.status === "failed") throw new Error(result.reason);
  expect(poseDifference(result.cameras, { cam2FromCam1 }).rotation).toBeLessThan(0.04);
  expect(result.cameras.focal2 / result.cameras.focal1).toBeGreaterThan(1.6);
  expect(result.cameras.focal2 / result.cameras.focal1).toBeLessThan(2.4);
  expect(Math.abs(result.cameras.focal1 / focal - 1)).toBeLessThan(0.25);
});

test("predicted depths give the translation its length", () => {
  for (const { result, photos } of outcomes("length", { depthNoise: 0.2 })) {
    const length = Math.hypot(...translationOf(photos.cam2FromCam1));
    if (result.status === "failed") throw new Error(result.reason);
    expect(Math.abs(Math.log((result.baseline ?? 0) / length))).toBeLessThan(0.2);
  }
  expect(outcomes("no length", { predictedOff: Number.NaN }, 1)[0]?.result).toMatchObject({ baseline: undefined });
});

test("equal seeds give equal results", () => {
  const { problem } = matchedPhotos("seeds", { count: 100 });
  expect(verifyTwoViews(problem, { seed: 4 })).toEqual(verifyTwoViews(problem, { seed: 4 }));
});
