import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../test/golden.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { goldenPoses, goldenPredictions } from "../../test/synthetic-pairs.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { composePoses, identityPose, invertRigid, translationOf } from "../geometry/pose.ts";
import { alignPair } from "./pair.ts";
import { sceneImages, seenFromFirstCameras } from "./scene-images.ts";

const FILE = "pair_viewer.safetensors";
const golden = readGoldens(FILE);
const recorded = goldenPredictions(FILE);
const predictions = [0, 1].map((i) => recorded.find(({ view1 }) => view1 === i)!) as [PairPrediction, PairPrediction];

const focals = predictions.map(({ pointmap1, size1 }) => estimateFocal(pointmap1, size1));

/** Camera 1 in the frame of camera 0. */
function relative(worldFromCam: readonly Float64Array[]) {
  return composePoses(invertRigid(worldFromCam[0]!), worldFromCam[1]!);
}

describe("alignPair against the reference's pair viewer", () => {
  const images = sceneImages(seenFromFirstCameras(alignPair(predictions, focals)));
  const ours = relative(images.map((image) => image.worldFromCam));
  const theirs = relative(goldenPoses(FILE, "out.im_poses_cam2world"));
  const baseline = Math.hypot(...translationOf(theirs));

  test("focal lengths", () => {
    expectClose(
      images.map((image) => image.intrinsics.fx),
      golden("out.focals").data,
      { absolute: 0, relative: 1e-6 },
    );
  });

  test("principal points", () => {
    expectClose(
      images.flatMap(({ intrinsics: { cx, cy } }) => [cx, cy]),
      golden("out.principal_points").data,
    );
  });

  test("the relative pose, within what two searches at random differ by", () => {
    const { degrees, distance } = poseDifference(ours, theirs);
    expect(degrees).toBeLessThan(0.3);
    expect(distance / baseline).toBeLessThan(0.02);
  });

  test("the relative rotation is nearer to the truth", () => {
    const truth = relative(goldenPoses(FILE, "gt.cam2world"));
    expect(poseDifference(ours, truth).degrees).toBeLessThan(poseDifference(theirs, truth).degrees);
  });

  test("depths: those of the more confident image to float precision, those of the other as far as the poses agree", () => {
    expectClose(images[1]!.depth, golden("out.depth.1").data, { relative: 1e-6, absolute: 0 });
    expectClose(images[0]!.depth, golden("out.depth.0").data, { relative: 0.01, absolute: 0 });
  });

  test("confident pixels", () => {
    images.forEach(({ confidence }, i) => {
      const mask = confidence.map((x) => (x > 3 ? 1 : 0));
      expect(mask).toEqual(golden(`out.mask.${i}`).data);
    });
  });

  test("the world is the first image's camera", () => {
    expect(images[0]!.worldFromCam).toEqual(identityPose());
    expect(images.every((image) => image.registered)).toBe(true);
  });
});

describe("alignPair on predictions that fail", () => {
  const constant = ({ pointmap2, ...rest }: PairPrediction): PairPrediction => ({
    ...rest,
    pointmap2: new Float32Array(pointmap2.length).fill(1),
  });

  test.each([0, 1])("tries the other prediction when %i gives no camera", (broken) => {
    const pair = predictions.map((p, i) => (i === broken ? constant(p) : p)) as [PairPrediction, PairPrediction];
    const images = sceneImages(seenFromFirstCameras(alignPair(pair, focals)));
    expect(images.every((image) => image.registered)).toBe(true);
    const truth = relative(goldenPoses(FILE, "gt.cam2world"));
    expect(poseDifference(relative(images.map((image) => image.worldFromCam)), truth).degrees).toBeLessThan(1);
  });

  test("without any camera the second image is unregistered", () => {
    const images = sceneImages(
      seenFromFirstCameras(alignPair([constant(predictions[0]), constant(predictions[1])], focals)),
    );
    expect(images.map((image) => image.registered)).toEqual([true, false]);
    expect(images[1]!.depth.every((z) => z === 0)).toBe(true);
  });
});
