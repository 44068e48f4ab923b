import { checkPrediction } from "../alignment/check-prediction.ts";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { RunOptions } from "../core/progress.ts";
import { haveOneShape } from "../core/size.ts";
import type { Size, View } from "../core/view.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { loadView } from "../images/load-views.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { describeView } from "../inference/describe-view.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import type { EncodedView } from "../inference/pair-network.ts";
import type { PosedMap } from "../maps/posed-map.ts";
import { uprightCamera } from "../maps/upright-camera.ts";
import { highest, similarities } from "../pairs/descriptor-similarity.ts";
import type { MapObservation, MapView } from "../tasks/localization.ts";
import type { Model } from "./open-model.ts";

/** A photo of a map, ready to be decoded together with a query. */
interface EncodedMapView extends PlacedMapPhoto {
  readonly encoded: EncodedView;
}

/** A photo of a map, and what is known of it. */
export interface PlacedMapPhoto {
  /** The file. */
  readonly path: string;
  readonly view: Omit<View, "rgb">;
  readonly mapView: MapView;
}

/** Photos kept ready; a megapixel each would be 30 MB. */
const KEPT_READY = 32;
/** Encodings kept beside them: the query's, and that of the photo before. */
const KEPT_ENCODED = 2;

/** A map with its photos encoded. They are read and encoded when they are needed; the last few stay in memory. */
export class EncodedMap {
  readonly map: PosedMap;
  readonly #network: PairInference;
  readonly #plan: PlanOptions;
  readonly #store: BlobStore | undefined;
  /** Least recently used first. */
  readonly #ready = new Map<number, EncodedMapView>();
  #descriptors: Promise<readonly Float32Array[]> | undefined;

  /** @param store keeps the descriptors of the map's photos for the next run */
  constructor(map: PosedMap, { network, plan }: Pick<Model, "network" | "plan">, store?: BlobStore) {
    this.map = map;
    this.#network = keepEncodings(network, { views: KEPT_ENCODED });
    this.#plan = plan;
    this.#store = store;
  }

  /** The `count` photos most like a query by the means of their encoder features, the most similar first; all, where there are no more. */
  async mostSimilar(query: View, count: number, run: RunOptions): Promise<readonly number[]> {
    const { photos } = this.map;
    if (photos.length <= count) return [...photos.keys()];
    this.#descriptors ??= this.#describeAll(run);
    return highest(similarities([await describeView(this.#network, query)], await this.#descriptors), count);
  }

  /** Predicts the pairs of a query and photos of the map, one after another. */
  async observe(query: View, indices: readonly number[], { signal }: RunOptions): Promise<readonly MapObservation[]> {
    const observations: MapObservation[] = [];
    for (const index of indices) {
      signal?.throwIfAborted();
      const { encoded: other, mapView } = await this.#view(index);
      const [encoded] = await this.#network.encode([query]);
      const prediction = await this.#network.decode({ view1: 0, view2: 1 }, encoded!, other);
      checkPrediction(prediction, [encoded!, other]);
      observations.push({ prediction: { ...prediction, size1: imagePlane(query) }, mapView });
    }
    return observations;
  }

  /** What is known of `photos[index]`. */
  place(index: number): Promise<PlacedMapPhoto> {
    return this.#view(index);
  }

  async #view(index: number): Promise<EncodedMapView> {
    const view = this.#ready.get(index) ?? (await this.#prepare(index));
    this.#ready.delete(index);
    this.#ready.set(index, view);
    if (this.#ready.size > KEPT_READY) this.#ready.delete(this.#ready.keys().next().value!);
    return view;
  }

  async #describeAll({ onProgress, signal }: RunOptions): Promise<readonly Float32Array[]> {
    const { photos } = this.map;
    const descriptors: Float32Array[] = [];
    for (const [i, { name, path, lens }] of photos.entries()) {
      signal?.throwIfAborted();
      descriptors.push(
        await describeView(this.#network, await loadView(path, name, { ...this.#plan, lens }), this.#store),
      );
      onProgress?.({ stage: "encode", done: i + 1, total: photos.length, item: name });
    }
    return descriptors;
  }

  async #prepare(index: number): Promise<EncodedMapView> {
    const { name, path, lens } = this.map.photos[index]!;
    const view = await loadView(path, name, { ...this.#plan, lens });
    const { size, intrinsics, worldFromCam, worldPoints } = uprightCamera(this.map, await this.map.camera(index), view);
    if (!haveOneShape(view.original, size)) {
      const { width, height } = view.original;
      throw new InputError(
        `${path}: is ${width}x${height}; the map was made from a photo ${name} of ${size.width}x${size.height}`,
      );
    }
    const scaled = viewAtSize(view, size);
    const [encoded] = await this.#network.encode([view]);
    const { rgb: _, ...facts } = view;
    return {
      encoded: encoded!,
      path,
      view: facts,
      mapView: {
        intrinsics: networkIntrinsics(intrinsics, scaled.originalFromNetwork),
        worldFromCam,
        worldPoints: await worldPoints(scaled),
      },
    };
  }
}

/** The view as if its photo had another size: maps may be made from reduced copies. */
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
