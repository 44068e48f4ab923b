import { describe, expect, test } from "vitest";
import { arc, everyPair, FOCAL, relativeErrors } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { composePoses, invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { agreedFocals, zoomingCameras } from "./agreed-focals.ts";
import { secondLook } from "./second-look.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

const { photos, truth } = arc(4, "second look");
/** Pairs as verified with the true pose and so many times the true focal length. */
const pairsWith = (factors: readonly number[], focalSigma = 0.03): VerifiedPair[] =>
  everyPair(4).map((pair, k) => {
    const focal = (factors[k] ?? 1) * FOCAL;
    return { ...pairShown(photos, truth, pair), focal1: focal, focal2: focal, focalSigma };
  });

describe("agreedFocals", () => {
  test.each([0.5, 1, 2])("most pairs agree on %f of what is known: the others do not matter", (known) => {
    const believed = photos.map((photo) => ({ ...photo, focal: { focal: known * FOCAL, logSigma: 0.3 } }));
    const agreed = agreedFocals(believed, pairsWith([1.01, 2.1, 0.99, 0.5, 1.02, 1.5])).get(0)!;
    expect(agreed.focal / FOCAL).toBeCloseTo(1, 1);
    expect(agreed.logSigma).toBeLessThan(0.1);
  });

  test("of groups of pairs that agree among each other that which is nearer to what is known counts", () => {
    const agreed = agreedFocals(photos, pairsWith([1, 1.01, 0.99, 3, 3.01, 2.99])).get(0)!;
    expect(agreed.focal / FOCAL).toBeCloseTo(1, 1);
  });

  test("none where pairs agree by chance, do not fix it, or it is exact", () => {
    expect(agreedFocals(photos, pairsWith([1, 1.3, 1.7, 0.7, 0.5, 2.2])).size).toBe(0);
    expect(agreedFocals(photos, pairsWith([], 0.2)).size).toBe(0);
    const exact = photos.map((photo) => ({ ...photo, focal: { focal: 1.3 * FOCAL, logSigma: 0 } }));
    expect(agreedFocals(exact, pairsWith([])).size).toBe(0);
    const own = photos.map((photo, camera) => ({ ...photo, camera }));
    expect(agreedFocals(own.slice(0, 2), pairsWith([]).slice(0, 1)).size).toBe(0);
  });
});

describe("zoomingCameras", () => {
  const guessed = photos.map((photo) => ({ ...photo, cameraIsGuessed: true }));
  const scattered = pairsWith([1, 1.3, 1.7, 0.7, 0.5, 2.2]);

  test("a camera that is guessed, of which hardly two pairs agree, or on what is hardly possible", () => {
    expect([...zoomingCameras(guessed, scattered)]).toEqual([0]);
    expect([...zoomingCameras(guessed, pairsWith([5, 5, 5.1, 5, 4.9, 5]))]).toEqual([0]);
  });

  test("none where most pairs agree, few tell, or nothing is guessed", () => {
    expect(zoomingCameras(guessed, pairsWith([1.01, 2.1, 0.99, 0.5, 1.02, 1])).size).toBe(0);
    expect(zoomingCameras(guessed, scattered.slice(0, 4)).size).toBe(0);
    expect(zoomingCameras(photos, scattered).size).toBe(0);
  });
});

test("pairs with another focal length than the others are put right, and the others stay", async () => {
  const turned = rigidPose(rotationFromVector([0.1, 0.6, 0]), [1, 0.3, 0]);
  const pairs = pairsWith([1, 2, 1.01, 0.99, 0.5, 1]).map((pair) =>
    Math.abs(pair.focal1 / FOCAL - 1) < 0.1 ? pair : { ...pair, cam2FromCam1: composePoses(turned, pair.cam2FromCam1) },
  );
  const looked = await secondLook(photos, pairs);
  expect(looked).toHaveLength(pairs.length);
  for (const [k, pair] of looked.entries()) {
    if (Math.abs(pairs[k]!.focal1 / FOCAL - 1) < 0.1) expect(pair).toBe(pairs[k]);
    const { photo1, photo2, cam2FromCam1, focal1, verdict } = pair;
    expect(verdict).toBe("verified");
    expect(Math.abs(focal1 / FOCAL - 1)).toBeLessThan(0.1);
    const found = [rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]), invertRigid(cam2FromCam1)] as const;
    const [rotation, direction] = relativeErrors(found, [truth[photo1]!, truth[photo2]!]);
    expect(rotation).toBeLessThan(2);
    expect(direction).toBeLessThan(6);
  }
});

test("a pair that insists on another focal length is ambiguous", async () => {
  // Photo 3 was taken with another lens than what is said to be the camera of all.
  const zoomed = photos.map((photo, i) => (i === 3 ? withZoom(photo, 2) : photo));
  const pairs = everyPair(4).map((pair) => {
    const focal = pair.includes(3) ? 2 * FOCAL : FOCAL;
    return { ...pairShown(zoomed, truth, pair), focal1: focal, focal2: focal, focalSigma: 0.03 };
  });
  for (const pair of await secondLook(zoomed, pairs)) {
    const isOfZoomed = pair.photo1 === 3 || pair.photo2 === 3;
    if (!isOfZoomed) expect(pair.verdict).toBe("verified");
    else if (pair.verdict === "verified") expect(Math.abs(pair.focal1 / FOCAL - 1)).toBeLessThan(0.17);
  }
});

/** The photo as a lens of another focal length shows it. */
function withZoom(photo: (typeof photos)[number], zoom: number): (typeof photos)[number] {
  const { features, intrinsics } = photo;
  const center = [intrinsics.cx, intrinsics.cy];
  const positions = features.positions.map((value, k) => center[k % 2]! + zoom * (value - center[k % 2]!));
  return { ...photo, features: { ...features, positions } };
}
