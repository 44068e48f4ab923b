import { describe, expect, test } from "vitest";
import type { Pose } from "../core/camera.ts";
import { type Random, seededRandom } from "../core/random.ts";
import type { Features } from "../features/features.ts";
import type { Matrix3, Vector3 } from "../geometry/mat3.ts";
import {
  composePoses,
  identityPose,
  invertRigid,
  rigidPose,
  rotationOf,
  transformPoints,
  translationOf,
} from "../geometry/pose.ts";
import { rotationFromVector, vectorFromRotation } from "../geometry/rotation.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { refineCameras } from "./refine-cameras.ts";

const SIZE = { width: 800, height: 600 };
const FOCAL = 700;
const CENTER = [399.5, 299.5] as const;

interface World {
  /** `[n, 3]` */
  readonly points: Float64Array;
  /** `[n, 128]` */
  readonly descriptors: Uint8Array;
}

function boxOfPoints(count: number, random: Random, flat = false): World {
  const points = new Float64Array(3 * count).map((_, i) =>
    i % 3 === 2 ? (flat ? 6 : 4 + 4 * random()) : 5 * (random() - 0.5),
  );
  return { points, descriptors: randomDescriptors(count, random) };
}

/** As long as those of features are. */
function randomDescriptors(count: number, random: Random): Uint8Array {
  const descriptors = new Uint8Array(128 * count);
  for (let i = 0; i < count; i++) {
    const own = Float64Array.from({ length: 128 }, () => random() ** 3);
    const length = Math.hypot(...own);
    descriptors.set(
      own.map((value) => Math.min(255, Math.round((512 * value) / length))),
      128 * i,
    );
  }
  return descriptors;
}

/** A camera on an arc around the points. */
function arcPose(step: number): Pose {
  const turn = rotationFromVector([0, 0.12 * step, 0.01 * step]);
  const around = rigidPose(turn as Matrix3, [0, 0, 0]);
  const back = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, -6]);
  const forth = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 6]);
  return composePoses(forth, composePoses(around, back));
}

interface Taken {
  readonly worldFromCam: Pose;
  /** What the network believes. */
  readonly believed?: Pose;
  readonly random: Random;
  readonly focalError?: number;
}

function photograph(
  { points, descriptors }: World,
  { worldFromCam, believed, random, focalError = 1.2 }: Taken,
): PosedPhoto {
  const inCamera = transformPoints(invertRigid(worldFromCam), points);
  const [positions, kept, depths]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < points.length / 3; i++) {
    const [x, y, z] = inCamera.subarray(3 * i, 3 * i + 3) as unknown as Vector3;
    const u = (FOCAL * x) / z + CENTER[0] + 0.5 * (random() - 0.5);
    const v = (FOCAL * y) / z + CENTER[1] + 0.5 * (random() - 0.5);
    if (!(z > 0.1) || u < 0 || v < 0 || u > SIZE.width - 1 || v > SIZE.height - 1) continue;
    positions.push(u, v);
    depths.push(z * (1 + 0.1 * (random() - 0.5)));
    kept.push(i);
  }
  const own = new Uint8Array(128 * kept.length);
  for (const [k, i] of kept.entries()) own.set(descriptors.subarray(128 * i, 128 * i + 128), 128 * k);
  const features: Features = {
    ...SIZE,
    count: kept.length,
    positions: Float32Array.from(positions),
    scales: new Float32Array(kept.length).fill(2),
    angles: new Float32Array(kept.length),
    descriptors: own,
  };
  return posed(features, believed ?? worldFromCam, (x, y) => depths[nearest(positions, x, y)] ?? 0, focalError);
}

function posed(features: Features, worldFromCam: Pose, depthAt: PosedPhoto["depthAt"], focalError = 1.2): PosedPhoto {
  const focal = focalError * FOCAL;
  return {
    features,
    intrinsics: { fx: focal, fy: focal, cx: CENTER[0], cy: CENTER[1] },
    focal: { focal, logSigma: 0.3 },
    camera: 0,
    worldFromCam,
    component: 0,
    isFixed: false,
    depthAt,
    noise: 1,
  };
}

function nearest(positions: readonly number[], x: number, y: number): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let i = 0; 2 * i < positions.length; i++) {
    const squared = (positions[2 * i]! - x) ** 2 + (positions[2 * i + 1]! - y) ** 2;
    if (squared < least) [best, least] = [i, squared];
  }
  return best;
}

/** A pose several degrees and a tenth of the distance off. */
function disturbed(pose: Pose, random: Random): Pose {
  const noise = (size: number): Vector3 => [size * (random() - 0.5), size * (random() - 0.5), size * (random() - 0.5)];
  return composePoses(pose, rigidPose(rotationFromVector(noise(0.2)), noise(0.6)));
}

function arc(count: number, seed: string): { readonly photos: readonly PosedPhoto[]; readonly truth: readonly Pose[] } {
  const random = seededRandom(seed);
  const world = boxOfPoints(400, random);
  const truth = Array.from({ length: count }, (_, i) => arcPose(i));
  const photos = truth.map((worldFromCam, i) =>
    photograph(world, { worldFromCam, believed: i === 0 ? worldFromCam : disturbed(worldFromCam, random), random }),
  );
  return { photos, truth };
}

const degrees = (radians: number) => (180 * radians) / Math.PI;

/** Errors of rotation and of direction of translation of photo j seen from photo i, in degrees. */
function relativeErrors(found: readonly [Pose, Pose], truth: readonly [Pose, Pose]): readonly [number, number] {
  const [relative, right] = [found, truth].map(([a, b]) => composePoses(invertRigid(a), b)) as [Pose, Pose];
  const turn = composePoses(invertRigid(relative), right);
  const [t, s] = [translationOf(relative), translationOf(right)];
  const cosine = (t[0] * s[0] + t[1] * s[1] + t[2] * s[2]) / (Math.hypot(...t) * Math.hypot(...s));
  return [
    degrees(Math.hypot(...vectorFromRotation(rotationOf(turn)))),
    degrees(Math.acos(Math.min(1, Math.max(-1, cosine)))),
  ];
}

const everyPair = (count: number) =>
  Array.from({ length: count }, (_, j) => Array.from({ length: j }, (_, i) => [i, j] as const)).flat();

describe("refineCameras", () => {
  test("finds cameras from coarse poses, depths and focal lengths", async () => {
    const { photos, truth } = arc(4, "arc");
    const refined = await refineCameras(photos, { pairs: everyPair(4) });
    for (const [i, j] of everyPair(4)) {
      const [rotation, direction] = relativeErrors(
        [refined.cameras[i]!.worldFromCam, refined.cameras[j]!.worldFromCam],
        [truth[i]!, truth[j]!],
      );
      expect(rotation).toBeLessThan(0.2);
      expect(direction).toBeLessThan(0.6);
    }
    expect(refined.cameras[0]!.intrinsics.fx / FOCAL).toBeCloseTo(1, 1);
    expect(refined.points.length).toBeGreaterThan(200);
    for (const { observations } of refined.points) {
      expect(new Set(observations.map(({ photo }) => photo)).size).toBe(observations.length);
      for (const { error } of observations) expect(error).toBeLessThan(3);
    }
  });

  test("is deterministic", async () => {
    const { photos } = arc(3, "again");
    const [first, second] = [
      await refineCameras(photos, { pairs: everyPair(3) }),
      await refineCameras(photos, { pairs: everyPair(3) }),
    ];
    expect(second).toEqual(first);
  });

  test("keeps poses that were given", async () => {
    const { photos, truth } = arc(3, "fixed");
    const given = photos.map((photo, i) => (i < 2 ? { ...photo, worldFromCam: truth[i]!, isFixed: true } : photo));
    const refined = await refineCameras(given, { pairs: everyPair(3) });
    for (const i of [0, 1]) {
      for (const [k, value] of truth[i]!.entries()) {
        expect(refined.cameras[i]!.worldFromCam[k]).toBeCloseTo(value, 9);
      }
    }
  });

  test("a photo of another place stays as the network has it", async () => {
    const { photos } = arc(3, "stranger");
    const random = seededRandom("elsewhere");
    const stranger = photograph(boxOfPoints(400, random), { worldFromCam: arcPose(1), random });
    const refined = await refineCameras([...photos, stranger], { pairs: everyPair(4) });
    expect(refined.cameras.map((camera) => camera !== undefined)).toEqual([true, true, true, false]);
  });

  test("declines what says nothing of translation or nothing at all", async () => {
    const random = seededRandom("traps");
    const world = boxOfPoints(300, random);
    const first = photograph(world, { worldFromCam: identityPose(), random });
    const turned = rigidPose(rotationFromVector([0, 0.15, 0]), [0, 0, 0]);
    const elsewhere = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 0, 0]);
    const featureless = posed(
      {
        ...SIZE,
        count: 0,
        positions: new Float32Array(),
        scales: new Float32Array(),
        angles: new Float32Array(),
        descriptors: new Uint8Array(),
      },
      elsewhere,
      () => 5,
    );
    const shuffled = { ...first, features: { ...first.features, descriptors: rolled(first.features.descriptors) } };
    const traps = {
      "pure rotation": photograph(world, { worldFromCam: turned, believed: elsewhere, random }),
      "the same photo": { ...first, worldFromCam: elsewhere },
      "no features": featureless,
      "wrong matches": { ...shuffled, worldFromCam: elsewhere },
    };
    for (const [name, second] of Object.entries(traps)) {
      const { cameras, points } = await refineCameras([first, second], { pairs: [[0, 1]] });
      expect(cameras, name).toEqual([undefined, undefined]);
      expect(points, name).toEqual([]);
    }
    expect((await refineCameras([first], { pairs: [] })).cameras).toEqual([undefined]);
  });

  test("stops when it is aborted", async () => {
    const { photos } = arc(3, "abort");
    const reason = new Error("enough");
    await expect(refineCameras(photos, { pairs: everyPair(3), signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

/** Descriptors given to other features: matches that mean nothing. */
function rolled(descriptors: Uint8Array): Uint8Array {
  const count = descriptors.length / 128;
  const result = new Uint8Array(descriptors.length);
  const random = seededRandom("rolled");
  const order = Array.from({ length: count }, (_, i) => i).sort(() => random() - 0.5);
  for (const [to, from] of order.entries()) result.set(descriptors.subarray(128 * from, 128 * from + 128), 128 * to);
  return result;
}
