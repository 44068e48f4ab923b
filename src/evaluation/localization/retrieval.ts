import { InputError } from "../../core/errors.ts";
import type { RunOptions } from "../../core/progress.ts";
import type { View } from "../../core/view.ts";
import type { EncodedMap } from "../../pipeline/encoded-map.ts";
import type { LocalizationScene } from "./localization-scene.ts";

/** A query, and the map that it is located in. */
export interface RetrievalRequest {
  readonly query: View;
  readonly scene: Pick<LocalizationScene, "name">;
  readonly map: EncodedMap;
}

/** The photos of a map that a query is compared with, by index, at most `count`, the most alike first. */
export type Retrieval = (request: RetrievalRequest, count: number) => Promise<readonly number[]>;

/** What `retrievalByEncoder` goes by, for reports. */
export const OWN_RETRIEVAL = "the mean of the network's own encoder features";

/**
 * Retrieval by a list that was read from `path`, whose names may begin with the scene's. Throws an `InputError` for a query that
 * it does not name and a photo that the map does not have.
 */
export function retrievalByList(list: ReadonlyMap<string, readonly string[]>, path: string): Retrieval {
  return async ({ query, scene, map: { map } }, count) => {
    const names = list.get(query.name) ?? list.get(`${scene.name}/${query.name}`) ?? [];
    if (names.length === 0) throw new InputError(`${path}: lists no photo of the map for ${query.name}`);
    return names.slice(0, count).map((name) => {
      const index = map.photos.findIndex(
        (photo) => photo.name === name || photo.name === name.slice(name.indexOf("/") + 1),
      );
      if (index < 0) throw new InputError(`${path}: ${name} is no photo of the map`);
      return index;
    });
  };
}

/** Retrieval as `localizePhotos` does it. A scene's map is described when its first query asks. */
export function retrievalByEncoder(run: RunOptions): Retrieval {
  return ({ query, map }, count) => map.mostSimilar(query, count, run);
}
