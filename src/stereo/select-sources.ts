import { dot, normalize, subtract, type Vector3 } from "../geometry/mat3.ts";
import { invertRigid, transformPoints, translationOf } from "../geometry/pose.ts";
import type { DepthView } from "../rgbd/rgbd-view.ts";

/** Angle in radians between rays of two photos at which stereo is best: below it depth is uncertain. */
const BEST_ANGLE = (8 * Math.PI) / 180;
/** How fast photos look too different beyond it, in radians. */
const ANGLE_SPREAD = (35 * Math.PI) / 180;
/** Below it, there is no parallax. */
const LEAST_ANGLE = (0.5 * Math.PI) / 180;
/** Photos that see less than this share of a photo in a useful way are no sources. */
const LEAST_SHARE = 0.02;
/** Depths of coarse maps, by which a point is the same that another photo shows. */
const SAME_DEPTH_RATIO = 1.4;
/** What a photo is worth for a point that its own map places elsewhere: coarse maps may be wrong. */
const CONTRADICTED = 0.2;
/** About as many points of a photo are tried. */
const SAMPLES = 800;

/**
 * For photo `index`, the photos to compare it with, at most `count`, the most useful first: they see the same points, by the
 * depth maps or, less surely, by the cameras alone, under an angle that fixes depth and does not change much what they look like.
 * Each is chosen for what the ones before it see least.
 */
export function selectSources(views: readonly DepthView[], index: number, count: number): number[] {
  const reference = views[index]!;
  const points = samplePoints(reference);
  const eye = translationOf(reference.worldFromCam);
  const scale = focalOf(reference);
  const gains = views.map((view, j) =>
    j === index ? new Float64Array(points.length / 3) : usefulness(view, { points, eye, scale, reference }),
  );
  const covered = new Float64Array(points.length / 3);
  const chosen: number[] = [];
  while (chosen.length < count) {
    let best = -1;
    let most = LEAST_SHARE * covered.length;
    for (const [j, gain] of gains.entries()) {
      if (j === index || chosen.includes(j)) continue;
      let sum = 0;
      let own = 0;
      for (let k = 0; k < gain.length; k++) {
        sum += gain[k]! * 2 ** -covered[k]!;
        own += gain[k]!;
      }
      if (own < LEAST_SHARE * covered.length || sum <= (chosen.length === 0 ? most : Math.max(most, 0))) continue;
      most = sum;
      best = j;
    }
    if (best < 0) break;
    chosen.push(best);
    for (let k = 0; k < covered.length; k++) covered[k]! += gains[best]![k]!;
  }
  return chosen;
}

/** Points of a depth map, in the world, evenly over the picture. */
function samplePoints({ width, height, depth, intrinsics, worldFromCam }: DepthView): Float64Array {
  const { fx, fy, cx, cy } = intrinsics;
  const stride = Math.max(1, Math.floor(Math.sqrt((width * height) / SAMPLES)));
  const points: number[] = [];
  for (let y = stride >> 1; y < height; y += stride) {
    for (let x = stride >> 1; x < width; x += stride) {
      const z = depth[y * width + x]!;
      if (z > 0) points.push(((x - cx) / fx) * z, ((y - cy) / fy) * z, z);
    }
  }
  return transformPoints(worldFromCam, Float64Array.from(points));
}

interface SamplesOfReference {
  readonly points: Float64Array;
  readonly eye: Vector3;
  readonly scale: number;
  readonly reference: DepthView;
}

/** For each point, 0 to 1: how well a view serves to find its depth. */
function usefulness(view: DepthView, { points, eye, scale, reference }: SamplesOfReference): Float64Array {
  const { width, height, depth, intrinsics, worldFromCam } = view;
  const { fx, fy, cx, cy } = intrinsics;
  const there = transformPoints(invertRigid(worldFromCam), points);
  const here = transformPoints(invertRigid(reference.worldFromCam), points);
  const center = translationOf(worldFromCam);
  const gain = new Float64Array(points.length / 3);
  for (let k = 0; k < gain.length; k++) {
    const z = there[3 * k + 2]!;
    if (!(z > 0)) continue;
    const u = Math.round((fx * there[3 * k]!) / z + cx);
    const v = Math.round((fy * there[3 * k + 1]!) / z + cy);
    if (!(u >= 0 && v >= 0 && u < width && v < height)) continue;
    const own = depth[v * width + u]!;
    const isSame = own > 0 && z < SAME_DEPTH_RATIO * own && own < SAME_DEPTH_RATIO * z;
    const point: Vector3 = [points[3 * k]!, points[3 * k + 1]!, points[3 * k + 2]!];
    const cosine = dot(normalize(subtract(eye, point)), normalize(subtract(center, point)));
    const angle = Math.acos(Math.min(1, cosine));
    if (angle < LEAST_ANGLE) continue;
    const fit = angle < BEST_ANGLE ? angle / BEST_ANGLE : Math.exp(-(((angle - BEST_ANGLE) / ANGLE_SPREAD) ** 2));
    const ratio = (focalOf(view) * here[3 * k + 2]!) / (scale * z);
    gain[k] = (isSame ? 1 : CONTRADICTED) * fit * Math.min(ratio, 1 / ratio);
  }
  return gain;
}

/** In widths and heights of the picture, so that maps of any resolution compare. */
function focalOf({ width, height, intrinsics }: DepthView): number {
  return Math.sqrt((intrinsics.fx * intrinsics.fy) / (width * height));
}
