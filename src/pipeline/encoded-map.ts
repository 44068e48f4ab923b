import { checkPrediction } from "../alignment/check-prediction.ts";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { loadView } from "../images/load-views.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { pooledFeatures } from "../inference/describe-view.ts";
import type { PairInference } from "../inference/infer-pairs.ts";
import type { EncodedView } from "../inference/pair-network.ts";
import type { MapPhoto, PosedMap } from "../maps/posed-map.ts";
import { highest, similarities } from "../pairs/similarity.ts";
import type { MapObservation, MapView } from "../tasks/localization.ts";

/** A query shown to the network together with photos of a map. */
export interface ObservedQuery {
  /** Which photos of the map. */
  readonly indices: readonly number[];
  /** One for each. */
  readonly observations: readonly MapObservation[];
}

/** A photo of a map, ready to be decoded together with a query. */
interface EncodedMapView {
  readonly encoded: EncodedView;
  readonly mapView: MapView;
}

/** Photos kept ready; a megapixel each would be 30 MB. */
const KEPT_READY = 32;

/** A map as the network sees it. Photos are read and encoded when they are needed; the last few stay in memory. */
export class EncodedMap {
  readonly #map: PosedMap;
  readonly #network: PairInference;
  readonly #plan: PlanOptions;
  /** Least recently used first. */
  readonly #ready = new Map<number, EncodedMapView>();
  #descriptors: readonly Float32Array[] | undefined;

  constructor(map: PosedMap, network: PairInference, plan: PlanOptions) {
    this.#map = map;
    this.#network = network;
    this.#plan = plan;
  }

  /** Shows a query to the network together with the `top` photos most like it, or all where there are no more. */
  async observe(query: View, top: number, run: RunOptions): Promise<ObservedQuery> {
    const [encoded] = await this.#network.encode([query]);
    const indices = await this.#mostSimilar(encoded!, top, run);
    const observations: MapObservation[] = [];
    for (const index of indices) {
      run.signal?.throwIfAborted();
      const { encoded: other, mapView } = await this.#view(index);
      const prediction = await this.#network.decode({ view1: 0, view2: 1 }, encoded!, other);
      checkPrediction(prediction, [encoded!, other]);
      observations.push({ prediction, mapView });
    }
    return { indices, observations };
  }

  async #mostSimilar(query: EncodedView, count: number, run: RunOptions): Promise<readonly number[]> {
    const { photos } = this.#map;
    if (photos.length <= count) return [...photos.keys()];
    this.#descriptors ??= await this.#describeAll(run);
    return highest(similarities([this.#describe(query)], this.#descriptors), count);
  }

  async #view(index: number): Promise<EncodedMapView> {
    const view = this.#ready.get(index) ?? (await this.#prepare(this.#map.photos[index]!));
    this.#ready.delete(index);
    this.#ready.set(index, view);
    if (this.#ready.size > KEPT_READY) this.#ready.delete(this.#ready.keys().next().value!);
    return view;
  }

  async #describeAll({ onProgress, signal }: RunOptions): Promise<readonly Float32Array[]> {
    const { photos } = this.#map;
    const descriptors: Float32Array[] = [];
    for (const [i, { name, path }] of photos.entries()) {
      signal?.throwIfAborted();
      const [encoded] = await this.#network.encode([await loadView(path, name, this.#plan)]);
      descriptors.push(this.#describe(encoded!));
      onProgress?.({ stage: "encode", done: i + 1, total: photos.length, item: name });
    }
    return descriptors;
  }

  #describe({ features }: EncodedView): Float32Array {
    return pooledFeatures(features, this.#network.checkpoint.config.encoder.dim);
  }

  async #prepare({ name, path, size, intrinsics, worldFromCam, worldPoints }: MapPhoto): Promise<EncodedMapView> {
    const view = await loadView(path, name, this.#plan);
    const { width, height } = view.original;
    if (width !== size.width || height !== size.height) {
      throw new InputError(
        `${path}: is ${width}x${height}; the map was made from a photo ${name} of ${size.width}x${size.height}`,
      );
    }
    const [encoded] = await this.#network.encode([view]);
    return {
      encoded: encoded!,
      mapView: {
        intrinsics: networkIntrinsics(intrinsics, view.originalFromNetwork),
        worldFromCam,
        worldPoints: await worldPoints(view),
      },
    };
  }
}
