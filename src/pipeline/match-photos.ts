import type { View } from "../core/view.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import { type MatchOptions, matchViews, type PhotoMatches } from "../tasks/match-views.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictTwoPhotos } from "./predict-pairs.ts";
import { pairVerdict, type Verdict } from "./scene-verdict.ts";

/** How to match; everything may be left out. */
export interface MatchPhotosOptions extends ModelChoice, MatchOptions {}

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
  const { views, predictions, warnings } = await predictTwoPhotos(photos, options);
  const verdict = await pairVerdict(views, predictions);
  return {
    ...matchViews(views, predictions, options),
    views,
    status: verdict.status,
    warnings: [...warnings, ...verdict.warnings],
  };
}
