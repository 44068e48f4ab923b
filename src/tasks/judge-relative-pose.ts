import type { Intrinsics, Pose } from "../core/camera.ts";
import { upperMedian } from "../core/upper-median.ts";
import { cross, dot, type Vector3 } from "../geometry/mat3.ts";
import { invertRigid, scaleTranslation, transformPoints, translationOf } from "../geometry/pose.ts";
import { type Correspondences, scoreCamera } from "../geometry/robust/estimated-camera.ts";
import type { Score } from "../geometry/robust/estimator.ts";

/**
 * What one direction predicts for its second camera: that camera's pixels and their points in the first camera's frame.
 */
export interface SecondCamera {
  readonly seen: Correspondences;
  readonly intrinsics: Intrinsics;
  /** In network pixels. */
  readonly threshold: number;
}

/** Forward: camera 2 in the frame of camera 1; backward: camera 1 in the frame of camera 2. */
export type Cameras = readonly [forward: SecondCamera, backward: SecondCamera];

/** A relative pose and how well it explains both directions of a pair. */
export interface JudgedPose {
  readonly cam2FromCam1: Pose;
  /** Of the cameras, in units of the forward direction. */
  readonly distance: number;
  /** Mean over both directions of the truncated squared reprojection error, 0 to 1. */
  readonly cost: number;
  readonly inlierShare: number;
}

/**
 * How well a pose with a translation of length 1 explains both directions, each with the length that suits it best. Where
 * that is negative, the translation points the other way: lengths never are.
 */
export function judgeRelativePose(pose: Pose, [camera2, camera1]: Cameras): JudgedPose {
  const wanted = medianDistance(camera2, pose);
  const cam2FromCam1 = wanted < 0 ? scaleTranslation(pose, -1) : pose;
  const distance = Math.abs(wanted);
  const cam1FromCam2 = invertRigid(cam2FromCam1);
  const scores = [
    score(camera2, scaleTranslation(cam2FromCam1, distance)),
    score(camera1, scaleTranslation(cam1FromCam2, medianDistance(camera1, cam1FromCam2))),
  ] as const;
  const count = scores[0].count + scores[1].count;
  return {
    cam2FromCam1,
    distance,
    cost: (scores[0].cost + scores[1].cost) / count,
    inlierShare: (scores[0].inliers + scores[1].inliers) / count,
  };
}

/**
 * The median of the points' estimates of the length of t: (R X + λ t) × b = 0 for the ray b of each pixel, solved for
 * λ.
 */
function medianDistance({ seen, intrinsics: { fx, fy, cx, cy } }: SecondCamera, pose: Pose): number {
  const turned = transformPoints(scaleTranslation(pose, 0), seen.points);
  const direction = translationOf(pose);
  const lengths = new Float64Array(seen.count);
  for (let i = 0; i < seen.count; i++) {
    const ray: Vector3 = [(seen.pixels[2 * i]! - cx) / fx, (seen.pixels[2 * i + 1]! - cy) / fy, 1];
    const along = cross(direction, ray);
    const off = cross([turned[3 * i]!, turned[3 * i + 1]!, turned[3 * i + 2]!], ray);
    lengths[i] = -dot(off, along) / dot(along, along);
  }
  return upperMedian(lengths.filter(Number.isFinite)) ?? 0;
}

function score({ seen, intrinsics, threshold }: SecondCamera, camFromWorld: Pose): Score {
  const { cost, ...rest } = scoreCamera({ camFromWorld, intrinsics }, seen, threshold);
  return { ...rest, cost: cost / threshold ** 2 };
}
