import type { Intrinsics, Pose } from "../core/camera.ts";
import type { View } from "../core/view.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { loadViews } from "../images/load-views.ts";
import { openNetwork } from "../inference/open-network.ts";
import type { PosedMap } from "../maps/posed-map.ts";
import { openEngine } from "../runtime/engine.ts";
import type { Localization } from "../tasks/localization.ts";
import { localizeByCorrespondences } from "../tasks/localize-by-correspondences.ts";
import { localizeByRelativePose } from "../tasks/localize-by-relative-pose.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import { EncodedMap } from "./encoded-map.ts";
import { type NetworkOptions, viewPlan } from "./predict-pairs.ts";

/** The two ways of the paper. */
export type LocalizationMethod = "correspondences" | "relative";

/** How to locate photos in a map; everything may be left out. */
export interface LocalizePhotosOptions extends NetworkOptions {
  /** `correspondences` when left out. */
  readonly method?: LocalizationMethod | undefined;
  /** With how many photos of the map each query is compared, the most similar first; 20 when left out. */
  readonly top?: number | undefined;
  /** A query's intrinsics, in the network pixels of its view, where they are known. */
  readonly intrinsics?: ((query: View) => Intrinsics | undefined) | undefined;
  /** Only pixels of at least this confidence take part; see `MatchOptions`. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
}

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

const LOCALIZE = { correspondences: localizeByCorrespondences, relative: localizeByRelativePose } as const;

/**
 * Locates photos in a map, in the order given. A photo that does not fit the map is not located, and says why.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function localizePhotos(
  photos: readonly string[],
  map: PosedMap,
  options: LocalizePhotosOptions = {},
): Promise<readonly LocalizedPhoto[]> {
  const { device, threads, logger, onProgress, signal } = options;
  const run = { onProgress, signal };
  const checkpoint = await resolveModel(options.model, { ...run, logger });
  const plan = viewPlan(checkpoint, options.size, options.fit);
  const queries = await loadViews(photos, { ...plan, ...run });
  await using engine = await openEngine({ device, threads, signal });
  const network = openNetwork(engine, checkpoint, options);
  return await localizeViews(queries, new EncodedMap(map, network, plan), options);
}

/** As `localizePhotos`, of views and with a map that are there. */
export async function localizeViews(
  queries: readonly View[],
  map: EncodedMap,
  options: LocalizePhotosOptions = {},
): Promise<readonly LocalizedPhoto[]> {
  const { method = "correspondences", top = 20, minConfidence, seed, onProgress, signal } = options;
  const located: LocalizedPhoto[] = [];
  for (const [i, query] of queries.entries()) {
    const { observations } = await map.observe(query, top, { onProgress, signal });
    const intrinsics = options.intrinsics?.(query);
    located.push(localizedPhoto(query, LOCALIZE[method](observations, { intrinsics, minConfidence, seed })));
    onProgress?.({ stage: "localize", done: i + 1, total: queries.length, item: query.name });
  }
  return located;
}

function localizedPhoto({ name, originalFromNetwork }: View, found: Localization): LocalizedPhoto {
  if (found.status === "failed") {
    return { name, camFromWorld: undefined, intrinsics: undefined, inliers: 0, problem: found.reason };
  }
  const { camFromWorld, intrinsics, inliers } = found;
  return {
    name,
    camFromWorld,
    intrinsics: originalIntrinsics(intrinsics, originalFromNetwork),
    inliers,
    problem: undefined,
  };
}
