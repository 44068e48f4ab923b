import { InputError } from "../../core/errors.ts";
import { loadView } from "../../images/load-views.ts";
import { describeView } from "../../inference/describe-view.ts";
import type { MapPhoto } from "../../maps/posed-map.ts";
import { highest, similarities } from "../../pairs/similarity.ts";
import type { DataOptions } from "../data-benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import type { LocalizationScene, MapPhotoFile, QueryPhoto } from "./localization-scene.ts";

/** The photos of a map that a query is compared with, at most `count`, the most alike first. */
export type Retrieval = (query: QueryPhoto, scene: LocalizationScene, count: number) => Promise<readonly MapPhoto[]>;

/** What `retrievalByEncoder` goes by, for reports. */
export const OWN_RETRIEVAL = "the mean of the network's own encoder features";

/**
 * Retrieval by a list that was read from `path`, whose names may begin with the scene's. Throws an `InputError` for a query that
 * it does not name and a photo that the map does not have.
 */
export function retrievalByList(list: ReadonlyMap<string, readonly string[]>, path: string): Retrieval {
  return async (query, scene, count) => {
    const names = list.get(query.name) ?? list.get(`${scene.name}/${query.name}`) ?? [];
    if (names.length === 0) throw new InputError(`${path}: lists no photo of the map for ${query.name}`);
    const photos: MapPhoto[] = [];
    for (const name of names.slice(0, count)) {
      const photo = (await scene.mapPhoto(name)) ?? (await scene.mapPhoto(name.slice(name.indexOf("/") + 1)));
      if (photo === undefined) throw new InputError(`${path}: ${name} is no photo of the map`);
      photos.push(photo);
    }
    return photos;
  };
}

/** A map's photos, and what the encoder says of each. */
interface DescribedMap {
  readonly photos: readonly MapPhotoFile[];
  readonly descriptors: readonly Float32Array[];
}

/**
 * Retrieval by the encoder of the network under test. A scene's map is described when its first query asks; what the
 * store has is not encoded again.
 */
export function retrievalByEncoder(
  { network, plan, signal }: EvaluatedNetwork,
  { store, onProgress }: Pick<DataOptions, "store" | "onProgress">,
): Retrieval {
  const describe = async ({ name, path }: MapPhotoFile) =>
    describeView(network, await loadView(path, name, plan), store);
  const describeMap = async (scene: LocalizationScene): Promise<DescribedMap> => {
    const photos = await scene.mapPhotos();
    const descriptors: Float32Array[] = [];
    for (const [i, photo] of photos.entries()) {
      signal?.throwIfAborted();
      descriptors.push(await describe(photo));
      onProgress?.({ stage: "encode", done: i + 1, total: photos.length, item: `${scene.name}/${photo.name}` });
    }
    return { photos, descriptors };
  };
  const maps = new Map<string, Promise<DescribedMap>>();
  return async (query, scene, count) => {
    const map = maps.get(scene.name) ?? describeMap(scene);
    maps.set(scene.name, map);
    const { photos, descriptors } = await map;
    // Queries are described without the store: each is asked once.
    const descriptor = await describeView(network, await loadView(query.path, query.name, plan));
    const best = highest(similarities([descriptor], descriptors), count);
    return Promise.all(best.map(async (i) => (await scene.mapPhoto(photos[i]!.name))!));
  };
}
