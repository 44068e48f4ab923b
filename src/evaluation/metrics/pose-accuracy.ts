import type { PairPoseError } from "./pose-errors.ts";
import { mean, median, shareBelow } from "./statistics.ts";

/** Where accuracies are read off, in degrees. */
export const THRESHOLDS = [5, 15, 30] as const;

/** Accuracies by threshold in degrees. */
export type AccuracyAt = Readonly<Record<(typeof THRESHOLDS)[number], number | null>>;

/** How well relative poses were found, as shares of pairs; null where no pair has such an error. */
export interface PoseAccuracy {
  /** RRA@τ: relative rotations with an error below τ. */
  readonly rra: AccuracyAt;
  /** RTA@τ: relative translation directions with an error below τ. */
  readonly rta: AccuracyAt;
  /** RTA@τ without regard to the sign of the direction. */
  readonly rtaUnsigned: AccuracyAt;
  /** mAA(30) of the larger of both errors. */
  readonly maa30: number | null;
  readonly maa30Unsigned: number | null;
  readonly medianRotation: number | null;
  readonly medianTranslation: number | null;
}

/** The metrics of the paper's section 4.2, after PoseDiffusion (Wang et al. 2023). */
export function poseAccuracy(errors: readonly PairPoseError[]): PoseAccuracy {
  const rotation = errors.map((error) => error.rotation);
  const translation = errors.flatMap((error) => error.translation ?? []);
  const unsigned = errors.flatMap((error) => error.translationUnsigned ?? []);
  return {
    rra: accuracyAt(rotation),
    rta: accuracyAt(translation),
    rtaUnsigned: accuracyAt(unsigned),
    maa30: meanAccuracy(errors.map((error) => Math.max(error.rotation, error.translation ?? 0))),
    maa30Unsigned: meanAccuracy(errors.map((error) => Math.max(error.rotation, error.translationUnsigned ?? 0))),
    medianRotation: median(rotation),
    medianTranslation: median(translation),
  };
}

/**
 * mAA: the mean over the thresholds 1, 2, …, `limit` degrees of the share of errors below the threshold, which is the area
 * under the accuracy curve.
 */
export function meanAccuracy(errors: readonly number[], limit = 30): number | null {
  return mean(Array.from({ length: limit }, (_, k) => shareBelow(errors, k + 1) ?? []).flat());
}

function accuracyAt(errors: readonly number[]): AccuracyAt {
  return Object.fromEntries(THRESHOLDS.map((t) => [t, shareBelow(errors, t)])) as unknown as AccuracyAt;
}
