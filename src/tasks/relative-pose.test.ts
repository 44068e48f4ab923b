import { describe, expect, test } from "vitest";
import { type OracleCamera, oraclePredictions } from "../../test/oracle-pairs.ts";
import { roomCameras, roomDepth } from "../../test/synthetic-pairs.ts";
import type { Pose } from "../core/camera.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { composePoses, identityPose, invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import { estimateRelativePose, type RelativePose } from "./relative-pose.ts";
import { RELATIVE_POSE_METHODS } from "./relative-pose-methods.ts";

function oracleRoom(seed: string, place?: (pose: Pose) => Pose): OracleCamera[] {
  const sizes = [
    { width: 64, height: 48 },
    { width: 48, height: 64 },
  ];
  return roomCameras(sizes, seed).map((camera) => {
    const moved = place === undefined ? camera : { ...camera, worldFromCam: place(camera.worldFromCam) };
    const { size, focal, worldFromCam } = moved;
    return { ...size, intrinsics: centeredIntrinsics(size, focal), worldFromCam, depth: roomDepth(moved) };
  });
}

function bothDirections(cameras: readonly OracleCamera[]): [PairPrediction, PairPrediction] {
  const edges = [[0, 1] as const, [1, 0] as const];
  return oraclePredictions(cameras, edges) as [PairPrediction, PairPrediction];
}

function ok(result: RelativePose) {
  if (result.status === "failed") throw new Error(result.reason);
  return result;
}

describe.each(RELATIVE_POSE_METHODS)("%s", (method) => {
  test.each(["one", "two", "three"])("perfect pointmaps give the pose, in unit length: room %s", (seed) => {
    const cameras = oracleRoom(seed);
    const { cam2FromCam1, baseline, inlierShare } = ok(estimateRelativePose(...bothDirections(cameras), { method }));
    const truth = composePoses(invertRigid(cameras[1]!.worldFromCam), cameras[0]!.worldFromCam);
    expect(rotationAngle(rotationOf(cam2FromCam1), rotationOf(truth))).toBeLessThan(1e-3);
    const [t, expected] = [translationOf(cam2FromCam1), translationOf(truth)];
    const distance = Math.hypot(...expected);
    for (const k of [0, 1, 2]) expect(t[k]).toBeCloseTo(expected[k]! / distance, 2);
    expect(Math.hypot(...t)).toBeCloseTo(1, 10);
    const depth = cameras[0]!.depth.toSorted();
    expect(baseline / (distance / depth[depth.length >> 1]!)).toBeCloseTo(1, 2);
    expect(inlierShare).toBeGreaterThan(0.99);
  });

  test("the swapped pair gives the inverse rotation", () => {
    const [forward, backward] = bothDirections(oracleRoom("swap"));
    const there = ok(estimateRelativePose(forward, backward, { method })).cam2FromCam1;
    const back = ok(estimateRelativePose(backward, forward, { method })).cam2FromCam1;
    expect(rotationAngle(rotationOf(invertRigid(there)), rotationOf(back))).toBeLessThan(1e-3);
  });

  test("pure rotation: the rotation, and a baseline near 0", () => {
    const cameras = oracleRoom("turn", (pose) => pose.with(3, 0.4).with(7, 0.1).with(11, -0.2));
    const { cam2FromCam1, baseline } = ok(estimateRelativePose(...bothDirections(cameras), { method }));
    const truth = composePoses(invertRigid(cameras[1]!.worldFromCam), cameras[0]!.worldFromCam);
    expect(rotationAngle(rotationOf(cam2FromCam1), rotationOf(truth))).toBeLessThan(2e-3);
    expect(baseline).toBeLessThan(1e-3);
    expect(translationOf(cam2FromCam1).every(Number.isFinite)).toBe(true);
  });

  test("identical photos: no motion", () => {
    const [camera] = oracleRoom("same");
    const { cam2FromCam1, baseline } = ok(estimateRelativePose(...bothDirections([camera!, camera!]), { method }));
    expect(rotationAngle(rotationOf(cam2FromCam1), rotationOf(identityPose()))).toBeLessThan(1e-3);
    expect(baseline).toBeLessThan(1e-3);
  });

  test("points on a line, and all in one place, give no pose and say why", () => {
    const onLine = (map: Float32Array) => map.map((_, i) => (i % 3 === 2 ? 1 + Math.floor(i / 3) : 0));
    const inOnePlace = (map: Float32Array) => map.map(() => 1);
    for (const squash of [onLine, inOnePlace]) {
      const [forward, backward] = bothDirections(oracleRoom("line")).map((prediction) => ({
        ...prediction,
        pointmap1: squash(prediction.pointmap1),
        pointmap2: squash(prediction.pointmap2),
      })) as [PairPrediction, PairPrediction];
      expect(estimateRelativePose(forward, backward, { method })).toEqual({
        status: "failed",
        reason: expect.any(String),
      });
    }
  });

  test("confidences all 1 weigh equally", () => {
    const cameras = oracleRoom("unsure");
    const unsure = bothDirections(cameras).map((prediction) => ({
      ...prediction,
      confidence1: prediction.confidence1.map(() => 1),
      confidence2: prediction.confidence2.map(() => 1),
    })) as [PairPrediction, PairPrediction];
    const truth = composePoses(invertRigid(cameras[1]!.worldFromCam), cameras[0]!.worldFromCam);
    const { cam2FromCam1 } = ok(estimateRelativePose(...unsure, { method }));
    expect(rotationAngle(rotationOf(cam2FromCam1), rotationOf(truth))).toBeLessThan(1e-3);
  });
});

test("a wall seen by both photos fixes the pose too", () => {
  const cameras = oracleRoom("wall").map((camera) => {
    const worldFromCam = identityPose().with(3, camera.worldFromCam[3]!).with(7, camera.worldFromCam[7]!);
    return { ...camera, worldFromCam, depth: camera.depth.map(() => 3) };
  });
  const { cam2FromCam1 } = ok(estimateRelativePose(...bothDirections(cameras)));
  expect(rotationAngle(rotationOf(cam2FromCam1), rotationOf(identityPose()))).toBeLessThan(1e-3);
});

test("no pixel reaches the confidence asked for: Procrustes is left", () => {
  const [forward, backward] = bothDirections(oracleRoom("threshold"));
  const options = { minConfidence: 1000 };
  expect(estimateRelativePose(forward, backward, { ...options, method: "pnp" }).status).toBe("failed");
});

test("likely focal lengths are priors, and are said to be", () => {
  const cameras = oracleRoom("exif");
  const [own1, own2] = cameras.map(({ intrinsics }) => intrinsics.fx) as [number, number];
  const likelyFocals = [1.2 * own1, 3 * own2] as const;
  const { focals } = ok(estimateRelativePose(...bothDirections(cameras), { likelyFocals }));
  expect(focals[0].source).toBe("exif");
  expect(focals[0].focal / own1).toBeGreaterThan(1.15);
  // Of another lens than what the points are seen with.
  expect(focals[1].source).toBe("network");
  expect(focals[1].focal / own2).toBeCloseTo(1, 2);
});

test("where the network is wrong about a focal length, a likely one mends the pose", () => {
  const cameras = oracleRoom("one");
  const seen = bothDirections(cameras).map(({ pointmap1, pointmap2, ...prediction }) => {
    const squeezed = (points: Float32Array) => points.map((x, k) => (k % 3 === 2 ? 0.7 * x : x));
    return { ...prediction, pointmap1: squeezed(pointmap1), pointmap2: squeezed(pointmap2) };
  }) as [PairPrediction, PairPrediction];
  const [focal1, focal2] = cameras.map(({ intrinsics }) => intrinsics.fx);
  const truth = composePoses(invertRigid(cameras[1]!.worldFromCam), cameras[0]!.worldFromCam);
  const error = (likelyFocals: readonly [number | undefined, number | undefined]) =>
    rotationAngle(rotationOf(ok(estimateRelativePose(...seen, { likelyFocals })).cam2FromCam1), rotationOf(truth));
  expect(error([undefined, undefined])).toBeGreaterThan(0.02);
  expect(error([focal1, focal2])).toBeLessThan(0.5 * error([undefined, undefined]));
});
