import type { Intrinsics } from "../core/camera.ts";
import { rotationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import { guessIntrinsics, type Localization, type LocalizationOptions, type MapObservation } from "./localization.ts";
import { localizeByCorrespondences } from "./localize-by-correspondences.ts";
import { localizeByRelativePose } from "./localize-by-relative-pose.ts";

/** Options of both ways. */
export interface BothWaysOptions extends LocalizationOptions {
  /** In network pixels: what the query's intrinsics are if it was taken with the camera of the map's photos. */
  readonly likelyIntrinsics?: Intrinsics | undefined;
}

/** The pose of a query, and reasons to doubt it, one sentence each. */
export interface WeighedLocalization {
  readonly found: Localization;
  readonly doubts: readonly string[];
}

/** A likely camera is believed unless it costs more than so many of the pixels that a free focal length has on its side. */
const BELIEVED_SHARE = 0.95;
/** Nor where the network sees a focal length that is so many times another. */
const LARGEST_RATIO = 1.5;
/** In degrees: poses further apart are not of one place. */
const DISAGREEMENT = 10;

/**
 * Visual localization by both ways of the paper. Matches place a query more exactly; where the relative pose contradicts
 * them, the way counts of which a larger share of the pixels agree, and the disagreement is a doubt.
 */
export function localizeBothWays(
  observations: readonly MapObservation[],
  options: BothWaysOptions,
): WeighedLocalization {
  const { likelyIntrinsics, intrinsics, ...search } = options;
  const matched = byMatches(observations, options);
  const camera = intrinsics ?? (matched.status === "ok" ? matched.intrinsics : likelyIntrinsics);
  const related = localizeByRelativePose(observations, { ...search, intrinsics: camera });
  if (matched.status === "failed" || related.status === "failed") {
    if (matched.status === "failed" && related.status === "failed") return { found: matched, doubts: [] };
    const found = matched.status === "ok" ? matched : related;
    return { found, doubts: ["only one of the two ways to locate it gives a pose"] };
  }
  const apart = rotationAngle(rotationOf(matched.camFromWorld), rotationOf(related.camFromWorld)) * (180 / Math.PI);
  if (apart <= DISAGREEMENT) return { found: matched, doubts: [] };
  const found = share(matched) >= share(related) ? matched : related;
  return { found, doubts: [`the two ways to locate it disagree by ${apart.toFixed(0)}°`] };
}

function byMatches(
  observations: readonly MapObservation[],
  { likelyIntrinsics, ...options }: BothWaysOptions,
): Localization {
  const free = localizeByCorrespondences(observations, options);
  if (options.intrinsics !== undefined || likelyIntrinsics === undefined || observations.length === 0) return free;
  const ratio = likelyIntrinsics.fx / guessIntrinsics(observations).fx;
  if (Math.max(ratio, 1 / ratio) > LARGEST_RATIO) return free;
  const likely = localizeByCorrespondences(observations, { ...options, intrinsics: likelyIntrinsics });
  if (likely.status === "failed") return free;
  return free.status === "failed" || likely.inliers >= BELIEVED_SHARE * free.inliers ? likely : free;
}

function share({ inliers, count }: Extract<Localization, { status: "ok" }>): number {
  return inliers / count;
}
