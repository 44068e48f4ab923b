import type { Intrinsics, Pose } from "../core/camera.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics, originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { loadViews } from "../images/load-views.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import type { PosedMap } from "../maps/posed-map.ts";
import { lensIntrinsics } from "../priors/network-priors.ts";
import type { MapObservation } from "../tasks/localization.ts";
import { localizeByCorrespondences } from "../tasks/localize-by-correspondences.ts";
import { localizeByRelativePose } from "../tasks/localize-by-relative-pose.ts";
import { EncodedMap } from "./encoded-map.ts";
import { LOCALIZE_DEFAULTS, type LocalizeViewsOptions, type LocateOptions } from "./localize-options.ts";
import { callModel, type ModelChoice } from "./open-model.ts";

/** How to locate photos in a map; everything may be left out. */
export interface LocalizePhotosOptions extends ModelChoice, LocalizeViewsOptions {}

/** Where a photo was taken, in the map's world and units. */
export interface LocalizedPhoto {
  readonly name: string;
  /** Undefined where the photo could not be located. */
  readonly camFromWorld: Pose | undefined;
  /** In original pixels; undefined where the photo could not be located. */
  readonly intrinsics: Intrinsics | undefined;
  /** Pixels that agree with the pose. */
  readonly inliers: number;
  /** Why the photo could not be located. */
  readonly problem: string | undefined;
}

const LOCATE = { correspondences: localizeByCorrespondences, relative: localizeByRelativePose } as const;

/**
 * Locates photos in a map, in the order given. A photo that does not fit the map is not located, and says why.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function localizePhotos(
  photos: PhotoInputs,
  map: PosedMap,
  options: LocalizePhotosOptions = {},
): Promise<readonly LocalizedPhoto[]> {
  const { lenses, logger, onProgress, signal } = options;
  await using model = await callModel(options);
  const queries = await loadViews(photos, { ...model.plan, lenses, logger, onProgress, signal });
  return await localizeViews(queries, new EncodedMap(map, model), options);
}

/** As `localizePhotos`, of views that are there and with a map that the network has seen. */
export async function localizeViews(
  queries: readonly View[],
  map: EncodedMap,
  options: LocalizeViewsOptions = {},
): Promise<readonly LocalizedPhoto[]> {
  const { top = LOCALIZE_DEFAULTS.top, lenses, logger, onProgress, signal } = options;
  const run = { onProgress, signal };
  const known = lenses && lensIntrinsics(lenses, queries, logger);
  const located: LocalizedPhoto[] = [];
  for (const [i, query] of queries.entries()) {
    const observations = await map.observe(query, await map.mostSimilar(query, top, run), run);
    located.push(locateView(query, observations, { ...options, intrinsics: known?.[i] }));
    onProgress?.({ stage: "localize", done: i + 1, total: queries.length, item: query.name });
  }
  return located;
}

/** Locates a view from what the network says of it and photos of the map; intrinsics, where known, in its original pixels. */
export function locateView(
  { name, originalFromNetwork }: View,
  observations: readonly MapObservation[],
  options: LocateOptions & { readonly intrinsics?: Intrinsics | undefined } = {},
): LocalizedPhoto {
  const { method = LOCALIZE_DEFAULTS.method, minConfidence, seed } = options;
  const intrinsics = options.intrinsics && networkIntrinsics(options.intrinsics, originalFromNetwork);
  const found = LOCATE[method](observations, { intrinsics, minConfidence, seed });
  if (found.status === "failed")
    return { name, camFromWorld: undefined, intrinsics: undefined, inliers: 0, problem: found.reason };
  return {
    name,
    camFromWorld: found.camFromWorld,
    intrinsics: originalIntrinsics(found.intrinsics, originalFromNetwork),
    inliers: found.inliers,
    problem: undefined,
  };
}
