import { originalIntrinsics, resizedMapping } from "../../geometry/pixel-mapping.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { quaternionFromRotation } from "../../geometry/rotation.ts";
import { loadView } from "../../images/load-views.ts";
import type { EncodedMap } from "../../pipeline/encoded-map.ts";
import type { SingleLocalizationMethod } from "../../pipeline/localize-options.ts";
import { locateView } from "../../pipeline/localize-photos.ts";
import type { LocalizedPhoto } from "../../pipeline/localized-photo.ts";
import type { MapFeatures } from "../../pipeline/map-features.ts";
import { refineLocation } from "../../pipeline/refine-location.ts";
import type { Evaluated } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { type LocalizationError, localizationError } from "../metrics/localization-accuracy.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";
import type { LocalizationSet } from "./localization-sets.ts";
import type { Retrieval } from "./retrieval.ts";

/** A way of the paper, or the first of these refined on local features. */
export type EvaluatedMethod = SingleLocalizationMethod | "refined";

/** Of one query. */
export interface LocalizationMetrics {
  readonly scene: string;
  readonly query: string;
  /** The photos of the map that it was compared with, the most alike first. */
  readonly photos: readonly string[];
  /** Null where a method does not apply. */
  readonly methods: Readonly<Record<EvaluatedMethod, MethodResult | null>>;
}

/** One method's result for a query. */
export interface MethodResult {
  /** `camFromWorld` as qw qx qy qz tx ty tz; null where the query was not located. */
  readonly pose: readonly number[] | null;
  /** Meters and degrees; null where the query was not located, or its true pose is not known. */
  readonly error: LocalizationError | null;
}

/** What all queries of a run share. */
export interface QuerySetup {
  readonly retrieve: Retrieval;
  readonly dataset: LocalizationSet;
  readonly network: EvaluatedNetwork;
  /** The map of the query's scene. */
  readonly map: EncodedMap;
  readonly features: MapFeatures;
}

/** Locates one query in the ways that its data set allows, as `localizePhotos` does. */
export async function evaluateQuery(
  query: QueryPhoto,
  scene: LocalizationScene,
  { retrieve, dataset, network, map, features }: QuerySetup,
): Promise<Evaluated<LocalizationMetrics>> {
  const { plan, refine, signal } = network;
  const view = await loadView(query.path, query.name, plan);
  const indices = await retrieve({ query: view, scene, map }, dataset.top);
  const mapping = resizedMapping(query.size ?? view.original, view.original);
  const intrinsics = query.intrinsics && originalIntrinsics(query.intrinsics, mapping);
  const observations = await map.observe(view, indices, { signal });
  const byNetwork = locateView(view, observations, { method: "correspondences", intrinsics });
  const asked = { view, file: query.path, indices, observations, how: { intrinsics, signal } };
  const methods = {
    correspondences: methodResult(byNetwork, query),
    relative: dataset.methods.includes("relative")
      ? methodResult(locateView(view, observations, { method: "relative", intrinsics }), query)
      : null,
    refined: refine === "none" ? null : methodResult(await refineLocation(byNetwork, asked, features), query),
  };
  const { error } = methods.refined ?? methods.correspondences;
  const photos = indices.map((index) => map.map.photos[index]!.name);
  return {
    metrics: { scene: scene.name, query: query.name, photos, methods },
    badness: error === null ? 1e9 : error.distance,
    pictures: () => [view],
  };
}

function methodResult({ camFromWorld }: LocalizedPhoto, { truth }: QueryPhoto): MethodResult {
  if (camFromWorld === undefined) return { pose: null, error: null };
  const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
  const pose = [w, x, y, z, ...translationOf(camFromWorld)];
  return { pose, error: truth === undefined ? null : localizationError(truth, camFromWorld) };
}
