import { createRequire } from "node:module";
import { beforeAll, expect, test } from "vitest";
import { matchesOf, randomTwoViews } from "../../../../test/random-two-views.ts";
import { gaussian, seededRandom } from "../../../core/random.ts";
import { loRansac } from "../lo-ransac.ts";
import { homographyEstimator, refineHomography, transferErrors } from "./homography.ts";
import type { Matches } from "./two-view-cameras.ts";

/** The part of OpenCV that the oracle uses; the package's own types are written for a global `cv`. */
interface OpenCv {
  readonly Mat: unknown;
  matFromArray(rows: number, columns: number, type: number, values: ArrayLike<number>): OpenCvMat;
  findHomography(from: OpenCvMat, to: OpenCvMat, method: number, threshold: number): OpenCvMat;
  readonly CV_64F: number;
  readonly CV_32FC2: number;
  readonly RANSAC: number;
  onRuntimeInitialized?: () => void;
}

interface OpenCvMat {
  readonly data64F: Float64Array;
  delete(): void;
}

let cv: OpenCv;
beforeAll(async () => {
  cv = createRequire(import.meta.url)("@techstark/opencv-js");
  if (cv.Mat === undefined) await new Promise<void>((ready) => (cv.onRuntimeInitialized = ready));
});

function openCvHomography({ count, pixels }: Matches): number[] {
  const photo = (first: number) =>
    Float32Array.from({ length: 2 * count }, (_, i) => pixels[4 * (i >> 1) + first + (i % 2)]!);
  const mats = [
    cv.matFromArray(count, 1, cv.CV_32FC2, photo(0)),
    cv.matFromArray(count, 1, cv.CV_32FC2, photo(2)),
  ] as const;
  const found = cv.findHomography(mats[0], mats[1], cv.RANSAC, 3);
  const homography = [...found.data64F];
  for (const mat of [...mats, found]) mat.delete();
  return homography;
}

test.each(["one", "two", "three"])("OpenCV finds the same homography: scene %s", (seed) => {
  const random = seededRandom(`oracle ${seed}`);
  const views = randomTwoViews(random, { count: 200, flat: true });
  const exact = matchesOf(views, [700, 800], () => 0.5 * gaussian(random));
  const pixels = exact.pixels.map((x, i) => (i % 4 > 1 && i < 4 * 60 ? 800 * random() - 400 : x));
  const matches = { count: exact.count, pixels };
  const objective = { threshold: 3, lossScale: 1 };
  const search = { minIterations: 50, maxIterations: 500, confidence: 0.999 };
  const found = loRansac(homographyEstimator(matches, [700, 800], objective), random, search)!;
  const ours = refineHomography(found.model, matches, { ...objective, maxIterations: 20 });
  const theirs = openCvHomography(matches);
  const both = [ours, theirs].map((h) => transferErrors(h as unknown as typeof ours, matches));
  const inliers = both.map((errors) => errors.filter((error) => error < 9).length);
  expect(inliers[0]).toBeGreaterThanOrEqual(inliers[1]! - 2);
  // Where ours and theirs put the pixels of the plane.
  for (let k = 60; k < 200; k++) expect(Math.sqrt(both[0]![k]!) - Math.sqrt(both[1]![k]!)).toBeLessThan(0.5);
});
