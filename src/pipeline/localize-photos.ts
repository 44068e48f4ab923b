import type { Intrinsics } from "../core/camera.ts";
import type { Picture } from "../core/picture.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics, originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { loadViews } from "../images/load-views.ts";
import { findPictures, type PhotoInputs } from "../images/photo-input.ts";
import { contentWarnings } from "../images/picture-content.ts";
import type { PosedMap } from "../maps/posed-map.ts";
import { sharedLens } from "../maps/shared-lens.ts";
import { lensIntrinsics } from "../priors/network-priors.ts";
import type { MapObservation } from "../tasks/localization.ts";
import { localizeBothWays } from "../tasks/localize-both-ways.ts";
import { localizeByCorrespondences } from "../tasks/localize-by-correspondences.ts";
import { localizeByRelativePose } from "../tasks/localize-by-relative-pose.ts";
import { EncodedMap } from "./encoded-map.ts";
import { exifDoubts } from "./exif-doubts.ts";
import { likelyCamera } from "./likely-camera.ts";
import { LOCALIZE_DEFAULTS, type LocalizeViewsOptions, type LocateOptions } from "./localize-options.ts";
import type { LocalizedPhoto } from "./localized-photo.ts";
import { MapFeatures } from "./map-features.ts";
import { callModel, type ModelChoice } from "./open-model.ts";
import { RECONSTRUCT_DEFAULTS } from "./reconstruct-options.ts";
import { refineLocation } from "./refine-location.ts";
import { straightenedViews } from "./straightened-views.ts";

/** How to locate photos in a map; everything may be left out. */
export interface LocalizePhotosOptions extends ModelChoice, LocalizeViewsOptions {}

const LOCATE = {
  auto: localizeBothWays,
  correspondences: (...query: LocalizationQuery) => ({ found: localizeByCorrespondences(...query), doubts: [] }),
  relative: (...query: LocalizationQuery) => ({ found: localizeByRelativePose(...query), doubts: [] }),
} as const;
type LocalizationQuery = Parameters<typeof localizeByCorrespondences>;

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
  const { plan } = model;
  const files = await findPictures(photos);
  const views = await loadViews(files, { ...plan, lenses, logger, onProgress, signal });
  const lens = lenses === undefined ? sharedLens(map) : undefined;
  const queries = await straightenedViews(views, lens, { files, plan, logger });
  return await localizeViews(queries, new EncodedMap(map, model), { ...options, files });
}

/** How views that are there are located. */
export interface LocalizeThereOptions extends LocalizeViewsOptions {
  /** The views' photos, in the same order: without them poses are not refined. */
  readonly files?: readonly Picture[] | undefined;
}

/** As `localizePhotos`, of views that are there and with an encoded map. */
export async function localizeViews(
  queries: readonly View[],
  map: EncodedMap,
  options: LocalizeThereOptions = {},
): Promise<readonly LocalizedPhoto[]> {
  const {
    top = LOCALIZE_DEFAULTS.top,
    lenses,
    files,
    featureSize,
    ignoreExif = false,
    logger,
    onProgress,
    signal,
  } = options;
  const { refine = RECONSTRUCT_DEFAULTS.refine } = options;
  const run = { onProgress, signal };
  const features = refine === "none" || files === undefined ? undefined : new MapFeatures(map, featureSize);
  const known = lenses && lensIntrinsics(lenses, queries, logger);
  const located: LocalizedPhoto[] = [];
  for (const [i, query] of queries.entries()) {
    const indices = await map.mostSimilar(query, top, run);
    const observations = await map.observe(query, indices, run);
    const intrinsics = known?.[i];
    const likely = await likelyCamera(query, { map: map.map, indices, ignoreExif });
    const how = { ...options, intrinsics, likely };
    const byNetwork = locateView(query, observations, how);
    const photo = features
      ? await refineLocation(byNetwork, { view: query, file: files![i]!, indices, observations, how }, features)
      : byNetwork;
    const { intrinsics: camera, focalSource: source } = photo;
    const found = camera && source && { focal: camera.fx, source };
    const doubts = ignoreExif ? [] : exifDoubts([query], [found]);
    located.push({ ...photo, doubts: [...photo.doubts, ...contentWarnings([query]), ...doubts] });
    onProgress?.({ stage: "localize", done: i + 1, total: queries.length, item: query.name });
  }
  return located;
}

/** Locates a view from predictions for it and photos of the map; intrinsics, where known, in its original pixels. */
export function locateView(
  { name, originalFromNetwork }: View,
  observations: readonly MapObservation[],
  options: LocateOptions & { readonly intrinsics?: Intrinsics | undefined } = {},
): LocalizedPhoto {
  const { method = LOCALIZE_DEFAULTS.method, minConfidence, seed } = options;
  const inNetwork = (camera: Intrinsics) => networkIntrinsics(camera, originalFromNetwork);
  const weighed = LOCATE[method](observations, {
    intrinsics: options.intrinsics && inNetwork(options.intrinsics),
    likely: options.likely && { ...options.likely, intrinsics: inNetwork(options.likely.intrinsics) },
    minConfidence,
    seed,
  });
  const { found } = weighed;
  const doubts = weighed.doubts.map((doubt) => `${name}: ${doubt}.`);
  if (found.status === "failed") return { ...NOWHERE, name, problem: found.reason, doubts };
  return {
    name,
    camFromWorld: found.camFromWorld,
    intrinsics: originalIntrinsics(found.intrinsics, originalFromNetwork),
    poseSource: "network",
    focalSource: found.focalSource,
    inliers: found.inliers,
    problem: undefined,
    doubts,
  };
}

const NOWHERE = {
  camFromWorld: undefined,
  intrinsics: undefined,
  focalSource: undefined,
  poseSource: undefined,
  inliers: 0,
} as const;
