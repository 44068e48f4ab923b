import type { Pose } from "../src/core/camera.ts";
import { type Random, seededRandom } from "../src/core/random.ts";
import type { Size } from "../src/core/size.ts";
import type { Features } from "../src/features/features.ts";
import type { Vector3 } from "../src/geometry/mat3.ts";
import {
  composePoses,
  invertRigid,
  rigidPose,
  rotationOf,
  transformPoints,
  translationOf,
} from "../src/geometry/pose.ts";
import { rotationFromVector, vectorFromRotation } from "../src/geometry/rotation.ts";
import type { PosedPhoto } from "../src/refinement/posed-photo.ts";

/** Of photos unless they are given another. */
export const SIZE: Size = { width: 800, height: 600 };
export const FOCAL = 700;

/** Points that photos show as features: `[n, 3]` and their descriptors `[n, 128]`. */
export interface FeatureWorld {
  readonly points: Float64Array;
  readonly descriptors: Uint8Array;
}

/** Points anywhere in a box before the first camera, or on a plane. */
export function boxOfPoints(count: number, random: Random, flat = false): FeatureWorld {
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
export function arcPose(step: number): Pose {
  return orbitPose(0.12 * step, 0.01 * step);
}

/** A camera on an orbit around the points, turned by so many radians, and tilted by so many. */
export function orbitPose(turn: number, tilt = 0): Pose {
  const around = rigidPose(rotationFromVector([0, turn, tilt]), [0, 0, 0]);
  const back = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, -6]);
  const forth = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 6]);
  return composePoses(forth, composePoses(around, back));
}

/** How a photo is taken. */
export interface Taken {
  readonly worldFromCam: Pose;
  /** What the network believes. */
  readonly believed?: Pose;
  readonly random: Random;
  /** What it believes of the focal length, as a multiple of the true one. */
  readonly focalError?: number;
  readonly size?: Size;
  readonly focal?: number;
  /** Photos of one number share their focal length. */
  readonly camera?: number;
  /** The polynomial's first coefficient: the lens bends lines by `1 + k1 r²`. */
  readonly k1?: number;
}

/** A photo of a world of points, with features to half a pixel and depths to a twentieth. */
export function photograph({ points, descriptors }: FeatureWorld, taken: Taken): PosedPhoto {
  const { worldFromCam, believed, random, focalError = 1.2, size = SIZE, focal = FOCAL, camera = 0, k1 = 0 } = taken;
  const [cx, cy] = [(size.width - 1) / 2, (size.height - 1) / 2];
  const inCamera = transformPoints(invertRigid(worldFromCam), points);
  const [positions, kept, depths]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < points.length / 3; i++) {
    const [x, y, z] = inCamera.subarray(3 * i, 3 * i + 3) as unknown as Vector3;
    const bent = focal * (1 + k1 * ((x / z) ** 2 + (y / z) ** 2));
    const u = (bent * x) / z + cx + 0.5 * (random() - 0.5);
    const v = (bent * y) / z + cy + 0.5 * (random() - 0.5);
    if (!(z > 0.1) || u < 0 || v < 0 || u > size.width - 1 || v > size.height - 1) continue;
    positions.push(u, v);
    depths.push(z * (1 + 0.1 * (random() - 0.5)));
    kept.push(i);
  }
  const own = new Uint8Array(128 * kept.length);
  for (const [k, i] of kept.entries()) own.set(descriptors.subarray(128 * i, 128 * i + 128), 128 * k);
  const features: Features = {
    ...size,
    count: kept.length,
    positions: Float32Array.from(positions),
    scales: new Float32Array(kept.length).fill(2),
    angles: new Float32Array(kept.length),
    descriptors: own,
  };
  const depthAt = (x: number, y: number) => depths[nearest(positions, x, y)] ?? 0;
  return { ...posed(features, believed ?? worldFromCam, depthAt, focalError * focal), camera };
}

/** A photo with features of its own, as a network believes it to lie. */
export function posed(
  features: Features,
  worldFromCam: Pose,
  depthAt: PosedPhoto["depthAt"],
  focal: number = 1.2 * FOCAL,
): PosedPhoto {
  const { width, height } = features;
  return {
    features,
    intrinsics: { fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2 },
    focal: { focal, logSigma: 0.3 },
    camera: 0,
    worldFromCam,
    component: 0,
    isFixed: false,
    isStraight: false,
    cameraIsGuessed: false,
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
export function disturbed(pose: Pose, random: Random): Pose {
  const noise = (size: number): Vector3 => [size * (random() - 0.5), size * (random() - 0.5), size * (random() - 0.5)];
  return composePoses(pose, rigidPose(rotationFromVector(noise(0.2)), noise(0.6)));
}

/** Photos along an arc, of which the network believes the first alone to lie where it does. */
export function arc(
  count: number,
  seed: string,
): { readonly photos: readonly PosedPhoto[]; readonly truth: readonly Pose[] } {
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
export function relativeErrors(found: readonly [Pose, Pose], truth: readonly [Pose, Pose]): readonly [number, number] {
  const [relative, right] = [found, truth].map(([a, b]) => composePoses(invertRigid(a), b)) as [Pose, Pose];
  const turn = composePoses(invertRigid(relative), right);
  const [t, s] = [translationOf(relative), translationOf(right)];
  const cosine = (t[0] * s[0] + t[1] * s[1] + t[2] * s[2]) / (Math.hypot(...t) * Math.hypot(...s));
  return [
    degrees(Math.hypot(...vectorFromRotation(rotationOf(turn)))),
    degrees(Math.acos(Math.min(1, Math.max(-1, cosine)))),
  ];
}

/** Every two of so many photos. */
export function everyPair(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, j) => Array.from({ length: j }, (_, i) => [i, j] as const)).flat();
}
