import { expect, test } from "vitest";
import { arcPose } from "../../test/featured-photos.ts";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { composePoses, invertRigid, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import type { VerifiedPair } from "../refinement/verify-pairs.ts";
import { contradictedPoses } from "./contradicted-poses.ts";
import { sceneVerdict } from "./scene-verdict.ts";

const poses = [0, 1, 2].map(arcPose);
const pairOf = (photo1: number, photo2: number, verdict: VerifiedPair["verdict"] = "verified"): VerifiedPair => ({
  photo1,
  photo2,
  verdict,
  cam2FromCam1: composePoses(invertRigid(poses[photo2]!), poses[photo1]!),
  focal1: 1,
  focal2: 1,
  focalSigma: 0.1,
  matches: new Uint32Array(),
});
const verified = [pairOf(0, 1), pairOf(0, 2), pairOf(1, 2)];
const turned = composePoses(poses[2]!, rigidPose(rotationFromVector([0, 0.2, 0]), [0, 0, 0]));

test("given poses with which the features agree are not contradicted, whatever their unit", () => {
  expect(contradictedPoses(verified, poses)).toEqual([]);
  const inMillimeters = poses.map((pose) => pose.map((x, k) => (k % 4 === 3 && k < 12 ? 1000 * x : x)));
  expect(contradictedPoses(verified, inMillimeters)).toEqual([]);
  expect(contradictedPoses(verified)).toEqual([]);
});

test("given poses that features contradict are told, pair by pair", () => {
  const found = contradictedPoses(verified, [poses[0], poses[1], turned]);
  expect(found.map(({ image1, image2 }) => [image1, image2])).toEqual([
    [0, 2],
    [1, 2],
  ]);
  for (const { rotation } of found) expect(rotation).toBeCloseTo((0.2 * 180) / Math.PI, 3);
  expect(contradictedPoses(verified, [poses[0], undefined, turned])).toHaveLength(1);
  expect(contradictedPoses([pairOf(0, 2, "ambiguous")], [poses[0], poses[1], turned])).toEqual([]);
  // In the wrong direction.
  const swapped = contradictedPoses([pairOf(0, 1)], [poses[1], poses[0]]);
  expect(swapped).toHaveLength(1);

  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"] });
  const refinement = {
    verifiedPairs: 3,
    unexplainedPairs: 0,
    points: 9,
    rotations: [],
    contradicted: found,
    verifiedImages: [0, 1, 2],
    loose: [],
    lenses: [],
    seconds: 1,
  };
  expect(sceneVerdict({ ...scene, refinement }, views).warnings).toEqual([
    expect.stringMatching(/features contradict the given poses, which stand: of a\.jpg and c\.jpg \(11° of rotation, /),
  ]);
});
