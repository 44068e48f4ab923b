import { createRequire } from "node:module";
import { beforeAll, describe, expect, test } from "vitest";
import { readGoldens } from "../../../test/golden.ts";
import { largestDifference, randomPose } from "../../../test/random-geometry.ts";
import { syntheticScene } from "../../../test/synthetic-scene.ts";
import type { Intrinsics, Pose } from "../../core/camera.ts";
import { gaussian, seededRandom } from "../../core/random.ts";
import { centeredIntrinsics, pixelGrid, projectPoints, unprojectDepth } from "../camera.ts";
import { identityPose, invertRigid, rigidPose, rotationOf, transformPoints, translationOf } from "../pose.ts";
import { rotationAngle, rotationFromVector } from "../rotation.ts";
import { type AbsolutePose, type AbsolutePoseOptions, estimateAbsolutePose } from "./absolute-pose.ts";

type Found = Extract<AbsolutePose, { status: "ok" }>;

function found(result: AbsolutePose): Found {
  if (result.status === "failed") throw new Error(result.reason);
  return result;
}

/** Rotation in degrees and distance of centers between two `camFromWorld`. */
function poseErrors(a: Pose, b: Pose) {
  const centers = [a, b].map((pose) => translationOf(invertRigid(pose)));
  return {
    degrees: (rotationAngle(rotationOf(a), rotationOf(b)) * 180) / Math.PI,
    distance: Math.hypot(...[0, 1, 2].map((k) => centers[0]![k]! - centers[1]![k]!)),
  };
}

const intrinsics: Intrinsics = { fx: 500, fy: 480, cx: 256, cy: 192 };

interface SeenPoints {
  readonly camFromWorld: Pose;
  readonly points: Float64Array;
  readonly pixels: Float64Array;
  /** How many, from the first on, are outliers. */
  readonly wrong: number;
  readonly count: number;
}

/** Points seen with half a pixel of noise, of which `outliers` (a share) are elsewhere. */
function scene(seed: string, { count = 400, outliers = 0.4, flat = false } = {}): SeenPoints {
  const random = seededRandom(seed);
  const camFromWorld = flat ? rigidPose(rotationFromVector([0.3, -0.2, 0.1]), [0.1, 0.2, 4]) : randomPose(random);
  const worldFromCam = invertRigid(camFromWorld);
  const seen = flat
    ? transformPoints(
        camFromWorld,
        Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 0 : gaussian(random))),
      )
    : Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 2 + 4 * random() : gaussian(random)));
  const pixels = projectPoints(seen, intrinsics).map((x) => x + 0.5 * gaussian(random));
  const points = transformPoints(worldFromCam, seen);
  const wrong = Math.round(outliers * count);
  for (let i = 0; i < 3 * wrong; i++) points[i] = 3 * gaussian(random) + worldFromCam[3]!;
  return { camFromWorld, points, pixels, wrong, count };
}

describe("against the truth of the reference's case", () => {
  const golden = readGoldens("pnp_registration.safetensors");
  const size = { width: 64, height: 48, principalPoint: [32, 24] as const };
  const grid = pixelGrid(size);
  const pointmap = golden("pts3d").data;
  const chosen = [...golden("mask").data.keys()].filter((i) => golden("mask").data[i]! > 0);
  const points = Float32Array.from(chosen.flatMap((i) => [...pointmap.subarray(3 * i, 3 * i + 3)]));
  const pixels = Float32Array.from(chosen.flatMap((i) => [...grid.subarray(2 * i, 2 * i + 2)]));
  const truth = invertRigid(Float64Array.from(golden("gt.cam2world").data));
  const focal = golden("gt.focal").data[0]!;

  const referenceErrors = (name: string) =>
    poseErrors(invertRigid(Float64Array.from(golden(`${name}.niter100.cam2world`).data)), truth);

  test("known focal: better than the reference", () => {
    const result = found(estimateAbsolutePose(points, pixels, centeredIntrinsics(size, focal)));
    const errors = poseErrors(result.camFromWorld, truth);
    const reference = referenceErrors("known_focal");
    expect(errors.degrees).toBeLessThan(reference.degrees);
    expect(errors.distance).toBeLessThan(reference.distance);
  });

  test("unknown focal: better than the reference, and the focal within 0.1 %", () => {
    const guess = centeredIntrinsics(size, 64);
    const result = found(estimateAbsolutePose(points, pixels, guess, { unknownFocal: true }));
    const errors = poseErrors(result.camFromWorld, truth);
    const reference = referenceErrors("unknown_focal");
    expect(errors.degrees).toBeLessThan(reference.degrees);
    expect(errors.distance).toBeLessThan(reference.distance);
    expect(Math.abs(result.intrinsics.fx / focal - 1)).toBeLessThan(0.001);
  });
});

describe("estimateAbsolutePose", () => {
  test.each(["first", "second", "third"])("finds the pose among 40 %% of outliers: %s scene", (seed) => {
    const { camFromWorld, points, pixels, wrong, count } = scene(seed);
    const result = found(estimateAbsolutePose(points, pixels, intrinsics));
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(0.1);
    expect(result.inliers.subarray(wrong).every((x) => x === 1)).toBe(true);
    expect(result.inlierCount).toBeLessThan(count - wrong + 0.1 * wrong);
    expect(result.inlierCount).toBe(result.inliers.reduce((a, b) => a + b, 0));
    expect(result.intrinsics).toEqual(intrinsics);
  });

  test("finds the focal length too, keeping the ratio of its two", () => {
    const { camFromWorld, points, pixels } = scene("focal");
    const guess = { ...intrinsics, fx: 350, fy: 336 };
    const result = found(estimateAbsolutePose(points, pixels, guess, { unknownFocal: true }));
    expect(result.intrinsics.fx / 500).toBeCloseTo(1, 2);
    expect(result.intrinsics.fx / result.intrinsics.fy).toBeCloseTo(500 / 480, 9);
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(0.3);
  });

  test("points in a plane", () => {
    const { camFromWorld, points, pixels } = scene("plane", { flat: true, outliers: 0.2 });
    const result = found(estimateAbsolutePose(points, pixels, intrinsics));
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(0.1);
  });

  test("points in a plane fix the focal length too where it is tilted", () => {
    const { camFromWorld, points, pixels } = scene("plane", { flat: true, outliers: 0.2 });
    const result = found(
      estimateAbsolutePose(points, pixels, { ...intrinsics, fx: 700, fy: 672 }, { unknownFocal: true }),
    );
    expect(result.intrinsics.fx / 500).toBeCloseTo(1, 1);
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(2);
  });

  test("those of a plane seen head-on do not: near and wide looks like far and narrow", () => {
    const points = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? 4 : Math.sin(i * i)));
    const pixels = projectPoints(points, intrinsics);
    const result = estimateAbsolutePose(points, pixels, intrinsics, { unknownFocal: true });
    expect(result).toMatchObject({ status: "failed", reason: expect.stringContaining("focal") });
    const known = found(estimateAbsolutePose(points, pixels, intrinsics));
    expect(largestDifference(known.camFromWorld, identityPose())).toBeLessThan(1e-6);
  });

  test("a camera that has only turned", () => {
    const turned = rigidPose(rotationFromVector([0.05, 0.1, -0.2]), [0, 0, 0]);
    const { points, camFromWorld } = scene("turned", { outliers: 0 });
    const seen = transformPoints(camFromWorld, points);
    const pixels = projectPoints(transformPoints(turned, seen), intrinsics);
    const result = found(estimateAbsolutePose(seen, pixels, intrinsics));
    expect(largestDifference(result.camFromWorld, turned)).toBeLessThan(1e-6);
  });

  test("points behind the camera are outliers, though they project to their pixels", () => {
    const { camFromWorld, points, pixels } = scene("behind", { outliers: 0 });
    const seen = transformPoints(camFromWorld, points);
    for (let i = 0; i < 3 * 150; i++) seen[i] = -seen[i]!;
    const mirrored = transformPoints(invertRigid(camFromWorld), seen);
    const result = found(estimateAbsolutePose(mirrored, pixels, intrinsics));
    expect(result.inliers.subarray(0, 150).every((x) => x === 0)).toBe(true);
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(0.1);
  });

  test.each([6, 20, 400])("%i correspondences that mean nothing have no pose", (count) => {
    for (let seed = 0; seed < 10; seed++) {
      const random = seededRandom(`nothing ${seed}`);
      const points = Float64Array.from({ length: 3 * count }, (_, i) => (i % 3 === 2 ? 5 : 0) + gaussian(random));
      const pixels = Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 512 : 384) * random());
      for (const unknownFocal of [false, true]) {
        expect(estimateAbsolutePose(points, pixels, intrinsics, { unknownFocal, seed }).status).toBe("failed");
      }
    }
  });

  // Right here: within 3 degrees and a tenth of the focal length. One percent of noise is as much as the threshold.
  test.each([
    { outliers: 0.9, noise: 0.01, right: 4 },
    { outliers: 0.95, noise: 0.01, right: 1 },
  ])("an unknown focal length among many outliers is right or not given: %o", ({ outliers, noise, right }) => {
    const size = { width: 512, height: 384 };
    const photo = syntheticScene({ names: ["a", "b", "c"], size }).scene.images[0]!;
    const pixels = pixelGrid(size);
    const given = Array.from({ length: 4 }, (_, seed) => {
      const random = seededRandom(`many ${outliers} ${seed}`);
      const points = transformPoints(photo.worldFromCam, unprojectDepth(photo.depth, size, photo.intrinsics));
      for (let i = 0; i < points.length; i += 3) {
        const wrong = random() < outliers;
        const error = noise * photo.depth[i / 3]!;
        for (let k = 0; k < 3; k++)
          points[i + k] = (wrong ? 3 : error) * gaussian(random) + (wrong ? 0 : points[i + k]!);
      }
      const guess = { ...photo.intrinsics, fx: 360 + 50 * seed, fy: 360 + 50 * seed };
      return estimateAbsolutePose(points, pixels, guess, { unknownFocal: true, seed });
    }).filter((result) => result.status === "ok");
    expect(given.length).toBeGreaterThanOrEqual(right);
    for (const { camFromWorld, intrinsics } of given) {
      expect(poseErrors(camFromWorld, invertRigid(photo.worldFromCam)).degrees).toBeLessThan(3);
      expect(Math.abs(intrinsics.fx / photo.intrinsics.fx - 1)).toBeLessThan(0.1);
    }
  });

  test.each([5, 6, 8])("%i exact correspondences do", (count) => {
    const { camFromWorld, points } = scene(`few ${count}`, { count, outliers: 0 });
    const pixels = projectPoints(transformPoints(camFromWorld, points), intrinsics);
    const result = found(estimateAbsolutePose(points, pixels, intrinsics));
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(1e-3);
  });

  test("pixels that are not finite are outliers", () => {
    const { camFromWorld, points, pixels } = scene("pixels", { outliers: 0 });
    pixels.fill(Number.NaN, 0, 50);
    pixels.fill(Number.POSITIVE_INFINITY, 50, 100);
    const result = found(estimateAbsolutePose(points, pixels, intrinsics));
    expect(result.inliers.subarray(0, 50).some((x) => x === 1)).toBe(false);
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(0.1);
  });

  test("points that are not finite are outliers", () => {
    const { camFromWorld, points, pixels } = scene("nan", { outliers: 0 });
    points.fill(Number.NaN, 0, 300);
    const result = found(estimateAbsolutePose(points, pixels, intrinsics));
    expect(result.inliers.subarray(0, 100).some((x) => x === 1)).toBe(false);
    expect(poseErrors(result.camFromWorld, camFromWorld).degrees).toBeLessThan(0.1);
  });

  test("equal seeds give equal poses", () => {
    const { points, pixels } = scene("seeds");
    const run = (options: AbsolutePoseOptions) => found(estimateAbsolutePose(points, pixels, intrinsics, options));
    expect(run({ seed: 3 })).toEqual(run({ seed: 3 }));
  });

  test.each([
    ["too few points", [1, 2, 3, 4, 5, 6]],
    ["points in a line", Array.from({ length: 60 }, (_, i) => Math.floor(i / 3) + 1)],
    ["one point many times", Array.from({ length: 60 }, (_, i) => (i % 3) + 1)],
    ["nothing finite", Array.from({ length: 60 }, () => Number.NaN)],
  ])("says why it fails: %s", (_name, values) => {
    const points = Float64Array.from(values);
    const pixels = Float64Array.from({ length: (points.length / 3) * 2 }, (_, i) => (i * 37) % 101);
    const result = estimateAbsolutePose(points, pixels, intrinsics);
    expect(result).toMatchObject({ status: "failed", reason: expect.stringMatching(/points/) });
  });
});

/** The part of OpenCV that the oracle uses; the package's own types are written for a global `cv`. */
interface OpenCv {
  Mat: new () => OpenCvMat;
  matFromArray(rows: number, columns: number, type: number, values: ArrayLike<number>): OpenCvMat;
  solvePnPRansac(...args: unknown[]): boolean;
  readonly CV_64F: number;
  readonly SOLVEPNP_SQPNP: number;
  onRuntimeInitialized?: () => void;
}

interface OpenCvMat {
  readonly data64F: Float64Array;
  delete(): void;
}

describe("OpenCV as an oracle", () => {
  let cv: OpenCv;
  beforeAll(async () => {
    cv = createRequire(import.meta.url)("@techstark/opencv-js");
    if (cv.Mat === undefined) await new Promise<void>((ready) => (cv.onRuntimeInitialized = ready));
  });

  function openCvPose({ points, pixels, count }: SeenPoints): Pose {
    const { fx, fy, cx, cy } = intrinsics;
    const mats = [
      cv.matFromArray(count, 3, cv.CV_64F, points),
      cv.matFromArray(count, 2, cv.CV_64F, pixels),
      cv.matFromArray(3, 3, cv.CV_64F, [fx, 0, cx, 0, fy, cy, 0, 0, 1]),
      new cv.Mat(),
      new cv.Mat(),
      new cv.Mat(),
    ] as const;
    const [objectPoints, imagePoints, camera, distortion, turn, shift] = mats;
    const inliers = new cv.Mat();
    const iterations = 1000;
    cv.solvePnPRansac(
      objectPoints,
      imagePoints,
      camera,
      distortion,
      turn,
      shift,
      false,
      iterations,
      5,
      0.9999,
      inliers,
      cv.SOLVEPNP_SQPNP,
    );
    const [x, y, z] = turn.data64F;
    const [tx, ty, tz] = shift.data64F;
    const pose = rigidPose(rotationFromVector([x!, y!, z!]), [tx!, ty!, tz!]);
    for (const mat of [...mats, inliers]) mat.delete();
    return pose;
  }

  test.each(["one", "two", "three", "four"])("agrees on the pose: scene %s", (seed) => {
    const data = scene(seed, { outliers: 0.3 });
    const ours = found(estimateAbsolutePose(data.points, data.pixels, intrinsics)).camFromWorld;
    const theirs = openCvPose(data);
    const { degrees, distance } = poseErrors(ours, theirs);
    expect(degrees).toBeLessThan(0.1);
    expect(distance).toBeLessThan(0.02);
  });

  test("a clean scene gives the same pose to many digits", () => {
    const { camFromWorld, points, count } = scene("clean", { outliers: 0 });
    const pixels = projectPoints(transformPoints(camFromWorld, points), intrinsics);
    const theirs = openCvPose({ camFromWorld, points, pixels, count, wrong: 0 });
    const ours = found(estimateAbsolutePose(points, pixels, intrinsics)).camFromWorld;
    expect(largestDifference(ours, theirs)).toBeLessThan(1e-5);
  });
});
