import type { View } from "../core/view.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import { type MatchOptions, matchViews, type PhotoMatches } from "../tasks/match-views.ts";
import { matchByFeatures } from "./match-by-features.ts";
import type { MatchMethod } from "./match-methods.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictTwoPhotos } from "./predict-pairs.ts";
import { pairVerdict, type Verdict } from "./scene-verdict.ts";

/** How to match; everything may be left out. */
export interface MatchPhotosOptions extends ModelChoice, MatchOptions {
  /** `dense` when left out. */
  readonly method?: MatchMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features. */
  readonly featureSize?: number | undefined;
}

/** Matches, and the views of both photos. */
export interface MatchedPhotos extends PhotoMatches, Verdict {
  readonly views: readonly [View, View];
}

/**
 * Pixels of two photos that show the same point, the most confident first, in original pixels. No matches at all is an
 * answer too.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function matchPhotos(photos: PhotoInputs, options: MatchPhotosOptions = {}): Promise<MatchedPhotos> {
  const { views, files, predictions, warnings } = await predictTwoPhotos(photos, options);
  const { method, minConfidence, featureSize, onProgress, signal } = options;
  if (method === "features") {
    const how = { files, minConfidence, featureSize, onProgress, signal };
    const matches = await matchByFeatures(views, predictions, how);
    return { ...matches, views, warnings: [...warnings, ...matches.warnings] };
  }
  const verdict = await pairVerdict(views, predictions);
  return {
    ...matchViews(views, predictions, options),
    views,
    status: verdict.status,
    warnings: [...warnings, ...verdict.warnings],
  };
}
