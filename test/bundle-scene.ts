import type { Bundle, BundleCamera } from "../src/adjustment/bundle.ts";
import type { Pose } from "../src/core/camera.ts";
import { gaussian, type Random } from "../src/core/random.ts";
import {
  cross,
  dot,
  fromColumns,
  multiply3,
  multiplyVector3,
  normalize,
  subtract,
  transpose3,
  type Vector3,
} from "../src/geometry/mat3.ts";
import { invertRigid, rigidPose, rotationOf, translationOf } from "../src/geometry/pose.ts";
import { rotationFromVector } from "../src/geometry/rotation.ts";

/** What differs between scenes for bundle adjustment. */
export interface BundleSceneOptions {
  readonly photos: number;
  readonly points: number;
  /** Cameras; photos take turns. */
  readonly cameras?: number;
  readonly lens?: readonly [k1: number, k2: number];
  readonly free?: BundleCamera["free"];
  /** Of the photos that could see a point, this many at most do. */
  readonly longestTrack?: number;
  /** In degrees, over which photos are spread around the points: all around unless given. */
  readonly arc?: number;
  /** Standard deviation of observations, in pixels. */
  readonly noise?: number;
}

const SIZE = { width: 1024, height: 768 };
const FOCAL = 900;
const ALL_FREE = { focal: true, principalPoint: false, distortion: false };

/** Points on and about a sphere, seen by photos taken around it: where all is, with observations that are noisy. */
export function bundleScene(
  random: Random,
  {
    photos,
    points,
    cameras = 1,
    lens = [0, 0],
    free = ALL_FREE,
    longestTrack = 6,
    arc = 360,
    noise = 0.5,
  }: BundleSceneOptions,
): Bundle {
  const [k1, k2] = lens;
  const bundleCameras = Array.from({ length: cameras }, (): BundleCamera => {
    const fx = FOCAL * (1 + 0.1 * (random() - 0.5));
    return { fx, fy: fx, cx: (SIZE.width - 1) / 2, cy: (SIZE.height - 1) / 2, k1, k2, free };
  });
  const poses = Array.from({ length: photos }, (_, i) => {
    const angle = ((arc / 180) * Math.PI * i) / photos;
    const eye: Vector3 = [6 * Math.cos(angle), gaussian(random), 6 * Math.sin(angle)];
    return lookAt(eye, [0.3 * gaussian(random), 0.3 * gaussian(random), 0.3 * gaussian(random)]);
  });
  const eyes = poses.map((pose) => translationOf(invertRigid(pose)));
  const positions = new Float64Array(3 * points);
  const photo: number[] = [];
  const point: number[] = [];
  const xy: number[] = [];
  for (let k = 0; k < points; ) {
    const normal = normalize([gaussian(random), 0.5 * gaussian(random), gaussian(random)]);
    const radius = 1.5 + random();
    const at: Vector3 = [radius * normal[0], radius * normal[1], radius * normal[2]];
    const seen: (readonly [photo: number, x: number, y: number])[] = [];
    // Neighbors see the same, from a photo on that is anywhere.
    const first = Math.floor(random() * photos);
    for (let i = 0; i < photos && seen.length < longestTrack; i++) {
      const j = (first + i) % photos;
      if (dot(normal, normalize(subtract(eyes[j]!, at))) < 0.4) continue;
      const pixel = project(poses[j]!, bundleCameras[j % cameras]!, at);
      if (pixel === undefined) continue;
      seen.push([j, pixel[0] + noise * gaussian(random), pixel[1] + noise * gaussian(random)]);
    }
    if (seen.length < 2) continue;
    positions.set(at, 3 * k);
    for (const [j, x, y] of seen) {
      photo.push(j);
      point.push(k);
      xy.push(x, y);
    }
    k++;
  }
  return {
    cameras: bundleCameras,
    photos: poses.map((camFromWorld, i) => ({ camera: i % cameras, camFromWorld, fixed: false })),
    points: positions,
    observations: { photo: Uint32Array.from(photo), point: Uint32Array.from(point), xy: Float64Array.from(xy) },
  };
}

/** A bundle that starts elsewhere: photos turned and moved, points moved, focal lengths wrong, each by about as much. */
export function disturb(
  random: Random,
  bundle: Bundle,
  {
    degrees = 0,
    distance = 0,
    focal = 0,
  }: { readonly degrees?: number; readonly distance?: number; readonly focal?: number },
): Bundle {
  return {
    ...bundle,
    cameras: bundle.cameras.map((camera) => {
      const factor = Math.exp(focal * gaussian(random));
      return { ...camera, fx: factor * camera.fx, fy: factor * camera.fy };
    }),
    photos: bundle.photos.map((photo) => {
      if (photo.fixed) return photo;
      const angle = (degrees * Math.PI) / 180 / Math.sqrt(3);
      const turn = rotationFromVector([angle * gaussian(random), angle * gaussian(random), angle * gaussian(random)]);
      const rotation = multiply3(turn, rotationOf(photo.camFromWorld));
      const [x, y, z] = translationOf(invertRigid(photo.camFromWorld));
      const eye: Vector3 = [
        x + distance * gaussian(random),
        y + distance * gaussian(random),
        z + distance * gaussian(random),
      ];
      const [tx, ty, tz] = multiplyVector3(rotation, eye);
      return { ...photo, camFromWorld: rigidPose(rotation, [-tx, -ty, -tz]) };
    }),
    points: bundle.points.map((value) => value + distance * gaussian(random)),
  };
}

/** The pose of a camera at `eye` that has `target` in its middle and the world's y axis down. */
function lookAt(eye: Vector3, target: Vector3): Pose {
  const z = normalize(subtract(target, eye));
  const x = normalize(cross([0, 1, 0], z));
  const rotation = transpose3(fromColumns(x, cross(z, x), z));
  const [tx, ty, tz] = multiplyVector3(rotation, eye);
  return rigidPose(rotation, [-tx, -ty, -tz]);
}

/** Where a camera sees a point; undefined outside its picture. */
function project(
  pose: Pose,
  { fx, fy, cx, cy, k1 = 0, k2 = 0 }: BundleCamera,
  at: Vector3,
): [number, number] | undefined {
  const [px, py, pz] = multiplyVector3(rotationOf(pose), at);
  const [tx, ty, tz] = translationOf(pose);
  const [x, y] = [(px + tx) / (pz + tz), (py + ty) / (pz + tz)];
  const squared = x * x + y * y;
  const lens = 1 + k1 * squared + k2 * squared * squared;
  const [u, v] = [fx * lens * x + cx, fy * lens * y + cy];
  const isInside = pz + tz > 0 && u >= 0 && v >= 0 && u < SIZE.width && v < SIZE.height;
  return isInside ? [u, v] : undefined;
}
