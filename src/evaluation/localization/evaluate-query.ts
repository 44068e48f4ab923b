import type { Intrinsics } from "../../core/camera.ts";
import type { Size, View } from "../../core/view.ts";
import { viewPixels } from "../../export/view-pixels.ts";
import { networkIntrinsics } from "../../geometry/pixel-mapping.ts";
import { rotationOf, translationOf } from "../../geometry/pose.ts";
import { quaternionFromRotation } from "../../geometry/rotation.ts";
import { loadView } from "../../images/load-views.ts";
import { inferPairs } from "../../inference/infer-pairs.ts";
import type { MapPhoto } from "../../maps/posed-map.ts";
import type { Localization, MapObservation } from "../../tasks/localization.ts";
import { localizeByCorrespondences } from "../../tasks/localize-by-correspondences.ts";
import { localizeByRelativePose } from "../../tasks/localize-by-relative-pose.ts";
import type { Evaluated } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { type LocalizationError, localizationError } from "../metrics/localization.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";
import type { LocalizationSet, Method } from "./localization-sets.ts";
import type { Retrieval } from "./retrieval.ts";

/** Of one query. */
export interface LocalizationMetrics {
  readonly scene: string;
  readonly query: string;
  /** The photos of the map that it was compared with, the most alike first. */
  readonly photos: readonly string[];
  /** Null where a method does not apply. */
  readonly methods: Readonly<Record<Method, MethodResult | null>>;
}

/** What one method says of a query. */
export interface MethodResult {
  /** `camFromWorld` as qw qx qy qz tx ty tz; null where the query was not located. */
  readonly pose: readonly number[] | null;
  /** Metres and degrees; null where the query was not located, or its true pose is not known. */
  readonly error: LocalizationError | null;
}

const METHODS = { correspondences: localizeByCorrespondences, relative: localizeByRelativePose } as const;

/** What all queries of a run share. */
export interface QuerySetup {
  readonly retrieve: Retrieval;
  readonly dataset: LocalizationSet;
  readonly network: EvaluatedNetwork;
}

/** Locates one query in the ways that its data set allows. */
export async function evaluateQuery(
  query: QueryPhoto,
  scene: LocalizationScene,
  { retrieve, dataset, network }: QuerySetup,
): Promise<Evaluated<LocalizationMetrics>> {
  const photos = await retrieve(query, scene, dataset.top);
  const view = await loadView(query.path, query.name, network.plan);
  const intrinsics = query.intrinsics && networkIntrinsicsOf(view, query.intrinsics, query.size);
  const observations = await observe(view, photos, network);
  const result = (method: Method): MethodResult | null => {
    if (!dataset.methods.includes(method)) return null;
    return methodResult(METHODS[method](observations, { intrinsics }), query);
  };
  const methods = { correspondences: result("correspondences"), relative: result("relative") };
  const { error } = methods.correspondences!;
  return {
    metrics: { scene: scene.name, query: query.name, photos: photos.map(({ name }) => name), methods },
    badness: error === null ? 1e9 : error.distance,
    pictures: () => [viewPixels(view)],
  };
}

async function observe(query: View, photos: readonly MapPhoto[], { network, plan, signal }: EvaluatedNetwork) {
  const views = await Promise.all(photos.map(({ path, name }) => loadView(path, name, plan)));
  const pairs = views.map((_, i) => ({ view1: 0, view2: i + 1 }));
  const observations: MapObservation[] = [];
  for await (const prediction of inferPairs(network, [query, ...views], pairs, { signal })) {
    const photo = photos[prediction.view2 - 1]!;
    const view = viewAtSize(views[prediction.view2 - 1]!, photo.size);
    const mapView = {
      intrinsics: networkIntrinsics(photo.intrinsics, view.originalFromNetwork),
      worldFromCam: photo.worldFromCam,
      worldPoints: await photo.worldPoints(view),
    };
    observations.push({ prediction, mapView });
  }
  return observations;
}

function networkIntrinsicsOf(view: View, intrinsics: Intrinsics, size: Size | undefined): Intrinsics {
  return networkIntrinsics(intrinsics, viewAtSize(view, size ?? view.original).originalFromNetwork);
}

/** The view as if its photo had another size: models may be of reduced copies. */
function viewAtSize(view: View, size: Size): View {
  const { scaleX, scaleY, offsetX, offsetY } = view.originalFromNetwork;
  const [x, y] = [size.width / view.original.width, size.height / view.original.height];
  const originalFromNetwork = {
    scaleX: scaleX * x,
    scaleY: scaleY * y,
    offsetX: (offsetX + 0.5) * x - 0.5,
    offsetY: (offsetY + 0.5) * y - 0.5,
  };
  return { ...view, original: size, originalFromNetwork };
}

function methodResult(found: Localization, { truth }: QueryPhoto): MethodResult {
  if (found.status === "failed") return { pose: null, error: null };
  const [x, y, z, w] = quaternionFromRotation(rotationOf(found.camFromWorld));
  const pose = [w, x, y, z, ...translationOf(found.camFromWorld)];
  return { pose, error: truth === undefined ? null : localizationError(truth, found.camFromWorld) };
}
