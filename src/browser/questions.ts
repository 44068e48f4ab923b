import type { PhotoInput } from "../images/photo-input.ts";
import type { MatchedPhotos } from "../pipeline/match-photos.ts";
import type { NamedFocal } from "../pipeline/photo-focals.ts";
import type { PredictedPairs } from "../pipeline/predict-pairs.ts";
import type { FoundPose } from "../pipeline/relative-pose.ts";
import type { MatchOptions } from "../tasks/match-views.ts";
import type { PhotoFocalOptions } from "../tasks/photo-focals.ts";
import type { RelativePoseOptions } from "../tasks/relative-pose.ts";
import { type ModelChoice, withModel } from "./open-model.ts";
import { sentPhotos } from "./sent-photos.ts";
import { callOptions, withoutCallOptions } from "./split-options.ts";

/** How to match; everything may be left out. */
export interface MatchPhotosOptions extends ModelChoice, MatchOptions {}

/** How to find focal lengths; everything may be left out. */
export interface PhotoFocalsOptions extends ModelChoice, PhotoFocalOptions {}

/** How to find a relative pose; everything may be left out. */
export interface RelativePosePhotosOptions extends ModelChoice, RelativePoseOptions {}

/** Pixels of two photos that show the same point, the most confident first, in original pixels. Errors as of `reconstruct`. */
export async function matchPhotos(
  photos: readonly [PhotoInput, PhotoInput],
  options: MatchPhotosOptions = {},
): Promise<MatchedPhotos> {
  return await withModel(options, (worker) =>
    worker.call("matchPhotos", [sentPhotos(photos), withoutCallOptions(options)], callOptions(options)),
  );
}

/** The focal lengths of one photo, or of a few of the same place, in the order given. Errors as of `reconstruct`. */
export async function photoFocals(
  photos: readonly PhotoInput[],
  options: PhotoFocalsOptions = {},
): Promise<readonly NamedFocal[]> {
  return await withModel(options, (worker) =>
    worker.call("photoFocals", [sentPhotos(photos), withoutCallOptions(options)], callOptions(options)),
  );
}

/** The pose of the second of two photos in the frame of the first's camera. Errors as of `reconstruct`. */
export async function relativePose(
  photos: readonly [PhotoInput, PhotoInput],
  options: RelativePosePhotosOptions = {},
): Promise<FoundPose> {
  return await withModel(options, (worker) =>
    worker.call("relativePose", [sentPhotos(photos), withoutCallOptions(options)], callOptions(options)),
  );
}

/** The network's predictions for every ordered pair of a few photos, all in memory. Errors as of `reconstruct`. */
export async function predictPairs(photos: readonly PhotoInput[], options: ModelChoice = {}): Promise<PredictedPairs> {
  return await withModel(options, (worker) => worker.call("predictPairs", [sentPhotos(photos)], callOptions(options)));
}
