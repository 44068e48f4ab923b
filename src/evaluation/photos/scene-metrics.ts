import type { Pose } from "../../core/camera.ts";
import type { SceneFileImage } from "../../scene-file/read-scene-file.ts";
import { centerError } from "../metrics/center-error.ts";
import { type DepthErrors, type DepthMap, depthErrors } from "../metrics/depth-errors.ts";
import { fieldOfViewError, relativeFocalError } from "../metrics/focal-errors.ts";
import { type AccuracyAt, poseAccuracy } from "../metrics/pose-accuracy.ts";
import { type PairPoseError, pairPoseErrors } from "../metrics/pose-errors.ts";
import { mean, median } from "../metrics/statistics.ts";

/** What was found out about one photo, in its original pixels. */
export interface FoundImage {
  /** Null for a photo that was not registered. */
  readonly camFromWorld: Pose | null;
  readonly focal: number;
}

/** Camera metrics of one subset, named as in `evaluation.json` of the evaluator; null where the truth allows none. */
export interface CameraMetrics {
  readonly images: number;
  readonly registered: number;
  readonly pairs: number;
  readonly pairs_failed: number;
  readonly rra: AccuracyAt;
  readonly rta: AccuracyAt;
  readonly rta_unsigned: AccuracyAt;
  readonly maa30: number | null;
  readonly maa30_unsigned: number | null;
  readonly median_rotation_deg: number | null;
  readonly median_translation_deg: number | null;
  readonly centre_error: number | null;
  readonly pair_errors: readonly PairPoseError[];
}

/**
 * Relative poses over all pairs of the photos asked for, and camera centers. `found` is parallel to `wanted`, null for what
 * is missing. Undefined where not all of the photos have a true pose, or there is only one.
 */
export function cameraMetrics(
  wanted: readonly SceneFileImage[],
  found: readonly (FoundImage | null)[],
  extent: number,
): CameraMetrics | undefined {
  const truth = wanted.flatMap(({ camFromWorld }) => camFromWorld ?? []);
  if (truth.length < wanted.length || truth.length < 2) return undefined;
  const poses = found.map((image) => image?.camFromWorld ?? null);
  const errors = pairPoseErrors(truth, poses, extent);
  const accuracy = poseAccuracy(errors);
  const registered = poses.filter((pose) => pose !== null).length;
  return {
    images: wanted.length,
    registered,
    pairs: errors.length,
    pairs_failed: errors.length - (registered * (registered - 1)) / 2,
    rra: accuracy.rra,
    rta: accuracy.rta,
    rta_unsigned: accuracy.rtaUnsigned,
    maa30: accuracy.maa30,
    maa30_unsigned: accuracy.maa30Unsigned,
    median_rotation_deg: accuracy.medianRotation,
    median_translation_deg: accuracy.medianTranslation,
    centre_error: centerError(truth, poses),
    pair_errors: errors,
  };
}

/** Medians over the photos whose focal length is known and that were registered. */
export interface FocalMetrics {
  readonly focal_images: number;
  readonly focal_error: number | null;
  readonly fov_error_deg: number | null;
}

/** Focal length and field of view; unregistered photos of several do not count. */
export function focalMetrics(wanted: readonly SceneFileImage[], found: readonly (FoundImage | null)[]): FocalMetrics {
  const known = wanted.flatMap(({ intrinsics, width }, i) => {
    const image = found[i];
    const counts = image && (image.camFromWorld !== null || wanted.length === 1);
    return intrinsics && counts ? [{ truth: intrinsics.fx, focal: image.focal, width }] : [];
  });
  return {
    focal_images: known.length,
    focal_error: median(known.map(({ truth, focal }) => relativeFocalError(truth, focal))),
    fov_error_deg: median(known.map(({ truth, focal, width }) => fieldOfViewError(width, truth, focal))),
  };
}

/** Means over the photos with a measured depth. */
export interface DepthMetrics {
  readonly images: number;
  /** Photos with a measured depth and without a predicted one. */
  readonly images_missing: number;
  readonly abs_rel: number | null;
  readonly delta_1_25: number | null;
  readonly delta_1_03: number | null;
  readonly coverage: number | null;
}

/** `truth` has a map for every photo with a measured depth, `found` what was predicted for it; null where there is none. */
export function depthMetrics(
  truth: readonly (DepthMap | null)[],
  found: readonly (DepthMap | null)[],
): DepthMetrics | null {
  const measured = truth.flatMap((map, i) => (map === null ? [] : [{ map, prediction: found[i] ?? null }]));
  if (measured.length === 0) return null;
  const errors = measured.flatMap(({ map, prediction }) => (prediction && depthErrors(map, prediction)) ?? []);
  const average = (key: keyof DepthErrors) => mean(errors.map((error) => error[key]));
  return {
    images: errors.length,
    images_missing: measured.filter(({ prediction }) => prediction === null).length,
    abs_rel: average("absRel"),
    delta_1_25: average("delta125"),
    delta_1_03: average("delta103"),
    coverage: average("coverage"),
  };
}
