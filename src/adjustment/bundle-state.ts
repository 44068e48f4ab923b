import { multiply3 } from "../geometry/mat3.ts";
import { rigidPose, rotationOf, translationOf } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import type { Bundle } from "./bundle.ts";
import type { Unknowns } from "./unknowns.ts";

/** All that adjustment may change, as flat lists. */
export interface BundleState {
  /** `[photos, 12]`: camFromWorld's rotation, row-major, then its translation. */
  readonly poses: Float64Array;
  /** `[cameras, 6]`: fx, fy, cx, cy, k1, k2. */
  readonly intrinsics: Float64Array;
  /** `[points, 3]`, in the world. */
  readonly points: Float64Array;
}

/** Numbers per photo in `BundleState.poses`. */
export const POSE_SIZE = 12;
/** Numbers per camera in `BundleState.intrinsics`. */
export const INTRINSICS_SIZE = 6;

/** The bundle's numbers, copied. */
export function bundleState({ photos, cameras, points }: Bundle): BundleState {
  const poses = new Float64Array(POSE_SIZE * photos.length);
  photos.forEach(({ camFromWorld }, i) => {
    poses.set([...rotationOf(camFromWorld), ...translationOf(camFromWorld)], POSE_SIZE * i);
  });
  const intrinsics = cameras.flatMap(({ fx, fy, cx, cy, k1 = 0, k2 = 0 }) => [fx, fy, cx, cy, k1, k2]);
  return { poses, intrinsics: Float64Array.from(intrinsics), points: points.slice() };
}

/** The bundle with these numbers; what was fixed is the very same. */
export function withState(bundle: Bundle, { poses, intrinsics, points }: BundleState): Bundle {
  return {
    ...bundle,
    photos: bundle.photos.map((photo, i) => {
      if (photo.fixed) return photo;
      const [a, b, c, d, e, f, g, h, k, x, y, z] = poses.subarray(POSE_SIZE * i, POSE_SIZE * (i + 1));
      return { ...photo, camFromWorld: rigidPose([a!, b!, c!, d!, e!, f!, g!, h!, k!], [x!, y!, z!]) };
    }),
    cameras: bundle.cameras.map((camera, i) => {
      const [fx, fy, cx, cy, k1, k2] = intrinsics.subarray(INTRINSICS_SIZE * i, INTRINSICS_SIZE * (i + 1));
      const { focal, principalPoint, distortion } = camera.free;
      return {
        ...camera,
        ...(focal && { fx: fx!, fy: fy! }),
        ...(principalPoint && { cx: cx!, cy: cy! }),
        ...(distortion && { k1: k1!, k2: k2! }),
      };
    }),
    points,
  };
}

/**
 * The state after a change of the unknowns and of the points `[points, 3]`. A photo's six are a rotation vector and a
 * translation in the camera's frame, after its pose: x_cam = exp(ω) R x + t + τ.
 */
export function moveState(
  { poses, intrinsics, points }: BundleState,
  { photoBlocks, cameraBlocks, freeIntrinsics, offsets }: Unknowns,
  change: Float64Array,
  pointChange: Float64Array,
): BundleState {
  const moved = { poses: poses.slice(), intrinsics: intrinsics.slice(), points: points.slice() };
  photoBlocks.forEach((block, i) => {
    if (block < 0) return;
    const [rx, ry, rz, x, y, z] = change.subarray(offsets[block]!, offsets[block]! + 6);
    const [a, b, c, d, e, f, g, h, k] = poses.subarray(POSE_SIZE * i, POSE_SIZE * i + 9);
    const turned = multiply3(rotationFromVector([rx!, ry!, rz!]), [a!, b!, c!, d!, e!, f!, g!, h!, k!]);
    moved.poses.set(turned, POSE_SIZE * i);
    moved.poses[POSE_SIZE * i + 9]! += x!;
    moved.poses[POSE_SIZE * i + 10]! += y!;
    moved.poses[POSE_SIZE * i + 11]! += z!;
  });
  cameraBlocks.forEach((block, i) => {
    if (block < 0) return;
    const at = INTRINSICS_SIZE * i;
    freeIntrinsics[i]!.forEach((parameter, k) => {
      const value = change[offsets[block]! + k]!;
      // The first is the logarithm of the focal lengths; the others follow fx and fy in the state's order.
      if (parameter > 0) moved.intrinsics[at + 1 + parameter]! += value;
      else for (const axis of [at, at + 1]) moved.intrinsics[axis]! *= Math.exp(value);
    });
  });
  for (let k = 0; k < points.length; k++) moved.points[k]! += pointChange[k]!;
  return moved;
}
