import { describe, expect, test } from "vitest";
import { matchedPhotos } from "../../../../test/matched-photos.ts";
import { seededRandom } from "../../../core/random.ts";
import { normalize } from "../../mat3.ts";
import { rigidPose, rotationOf, translationOf } from "../../pose.ts";
import { errorsWithDepth } from "./depth-agreement.ts";
import { type Matches, sampsonErrors, type TwoViewCameras } from "./two-view-cameras.ts";
import { chanceOfAgreement, groupMatches, supportOf } from "./two-view-evidence.ts";
import { prepareMatches } from "./two-view-problem.ts";

const sizes = [
  { width: 800, height: 600 },
  { width: 800, height: 600 },
] as const;

/** The cameras that took matched photos. */
function camerasOf({ cam2FromCam1, focal }: ReturnType<typeof matchedPhotos>): TwoViewCameras {
  const unit = rigidPose(rotationOf(cam2FromCam1), normalize(translationOf(cam2FromCam1)));
  return { cam2FromCam1: unit, focal1: focal, focal2: focal };
}

describe("groupMatches", () => {
  test("matches in the same cells of both photos are one, others are not", () => {
    const pixels = Float64Array.of(10, 10, 50, 50, 11, 12, 52, 51, 10, 10, 300, 50, -300, 10, 50, 50);
    expect(groupMatches({ count: 4, pixels }, sizes)).toEqual({ labels: Int32Array.of(0, 0, 1, 2), count: 3 });
  });
});

test("a group is explained as far as its matches are", () => {
  const groups = { labels: Int32Array.of(0, 0, 0, 1, 2), count: 3 };
  const agrees = (match: number) => match === 0 || match === 3;
  expect(supportOf(groups, agrees)).toEqual({ count: 3, explained: 1 / 3 + 1 });
  expect(supportOf(groups, agrees, (match) => match > 2)).toEqual({ count: 2, explained: 1 });
});

test("chance is small where features are spread, and large where they crowd on epipolar lines", () => {
  const random = seededRandom("chance");
  const cameras = { cam2FromCam1: rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [-1, 0, 0]), focal1: 700, focal2: 700 };
  const chance = (height: number) => {
    const draw = (_: unknown, i: number) => (i % 2 === 0 ? 800 : height) * random() + (i % 4 === 0 ? 800 : 0);
    const matches: Matches = { count: 300, pixels: Float64Array.from({ length: 1200 }, draw) };
    const errorsOf = (others: Matches) => sampsonErrors(cameras, others);
    return chanceOfAgreement(matches, { errorsOf, threshold: 3, random });
  };
  expect(chance(600)).toBeLessThan(0.03);
  expect(chance(6)).toBeGreaterThan(0.5);
});

describe("errorsWithDepth", () => {
  test("right matches stay, those of a pattern that repeats along epipolar lines go", () => {
    const photos = matchedPhotos("depths", { outliers: 0, repeated: 0.3, noise: 0.1, shift: [0, 0] });
    const prepared = prepareMatches(photos.problem, seededRandom(1));
    const cameras = camerasOf(photos);
    const judged = { ...prepared, noise: 1, threshold: 3 };
    const right = errorsWithDepth(cameras, judged).filter((error) => error < 9).length;
    expect(right).toBeGreaterThan(0.95 * prepared.matches.count);
    // Depths that belong to other points.
    const depths = prepared.depths!.map((depth, i) => (i < 100 ? 8 * depth : depth));
    const errors = errorsWithDepth(cameras, { ...judged, depths });
    expect(errors.subarray(0, 50).filter((error) => error === Number.POSITIVE_INFINITY).length).toBeGreaterThan(40);
    expect(errors.subarray(50).filter((error) => error < 9).length).toBeGreaterThan(0.95 * (errors.length - 50));
  });

  test("without depths the error is Sampson's", () => {
    const photos = matchedPhotos("no depths");
    const { matches } = prepareMatches(photos.problem, seededRandom(1));
    const judged = { matches, depths: new Float64Array(2 * matches.count), noise: 1, threshold: 3 };
    expect(errorsWithDepth(camerasOf(photos), judged)).toEqual(sampsonErrors(camerasOf(photos), matches));
  });
});
