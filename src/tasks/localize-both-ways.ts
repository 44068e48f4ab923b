import { rotationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import type { Localization, LocalizationOptions, MapObservation } from "./localization.ts";
import { localizeByCorrespondences } from "./localize-by-correspondences.ts";
import { localizeByRelativePose } from "./localize-by-relative-pose.ts";

/** The pose of a query, and reasons to doubt it, one sentence each. */
export interface WeighedLocalization {
  readonly found: Localization;
  readonly doubts: readonly string[];
}

/** In degrees: poses further apart are not of one place. */
const DISAGREEMENT = 10;

/**
 * Visual localization by both ways of the paper. Matches place a query more exactly; where the relative pose contradicts
 * them, the way counts of which a larger share of the pixels agree, and the disagreement is a doubt.
 */
export function localizeBothWays(
  observations: readonly MapObservation[],
  options: LocalizationOptions = {},
): WeighedLocalization {
  const matched = localizeByCorrespondences(observations, options);
  const alone = localizeByRelativePose(observations, options);
  // Its pixels are the map's: the relative pose does not depend on the query's intrinsics.
  const related =
    alone.status === "ok" && matched.status === "ok"
      ? { ...alone, intrinsics: matched.intrinsics, focalSource: matched.focalSource }
      : alone;
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

function share({ inliers, count }: Extract<Localization, { status: "ok" }>): number {
  return inliers / count;
}
