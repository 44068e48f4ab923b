import type { Pose } from "../../core/camera.ts";
import { invertRigid, rotationOf, translationOf } from "../../geometry/pose.ts";
import { rotationAngle } from "../../geometry/rotation.ts";
import { degrees } from "./pose-errors.ts";
import { median } from "./statistics.ts";

/** How far a located camera is from the truth. */
export interface LocalizationError {
  /** Distance between the camera centers, in the map's unit; infinite for a camera that was not located. */
  readonly distance: number;
  /** Geodesic angle in degrees; infinite for a camera that was not located. */
  readonly rotation: number;
}

/** Distance in meters and angle in degrees below which a camera counts as located (Sattler et al. 2018, and 10 cm, 1°). */
export const LOCALIZATION_THRESHOLDS = [
  [0.1, 1],
  [0.25, 2],
  [0.5, 5],
  [5, 10],
] as const;

/** The error of a `camFromWorld`; undefined where none was found. */
export function localizationError(truth: Pose, found: Pose | undefined): LocalizationError {
  if (found === undefined) return { distance: Number.POSITIVE_INFINITY, rotation: Number.POSITIVE_INFINITY };
  const [x, y, z] = translationOf(invertRigid(truth));
  const [u, v, w] = translationOf(invertRigid(found));
  return {
    distance: Math.hypot(x - u, y - v, z - w),
    rotation: degrees(rotationAngle(rotationOf(found), rotationOf(truth))),
  };
}

/** The figures of localization tables. */
export interface LocalizationAccuracy {
  /** Infinite where half of the cameras were not located; null of nothing. */
  readonly medianDistance: number | null;
  readonly medianRotation: number | null;
  /** By `LOCALIZATION_THRESHOLDS`, the share of cameras strictly within both bounds. */
  readonly recalls: readonly number[];
}

/** Medians and recalls over queries. */
export function localizationAccuracy(errors: readonly LocalizationError[]): LocalizationAccuracy {
  return {
    medianDistance: median(errors.map((error) => error.distance)),
    medianRotation: median(errors.map((error) => error.rotation)),
    recalls: LOCALIZATION_THRESHOLDS.map(([distance, rotation]) => {
      const within = errors.filter((error) => error.distance < distance && error.rotation < rotation);
      return within.length / Math.max(errors.length, 1);
    }),
  };
}
