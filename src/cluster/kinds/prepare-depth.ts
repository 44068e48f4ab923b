import { serialize } from "node:v8";
import { stereoKey, stereoPhotos } from "../../pipeline/estimate-dense.ts";
import { isMeasured, reconstruct } from "../../pipeline/reconstruct.ts";
import type { StereoPhoto } from "../../stereo/stereo-photo.ts";
import type { PhotoRef } from "../photo-ref.ts";
import { putByContent, readPriors } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";
import { withPhotoFolder } from "./photo-folder.ts";
import type { SceneInput } from "./reconstruct-scene.ts";

/** Photos with exact cameras, between which depth is to be measured. */
export interface PreparedDepth {
  readonly photos: readonly PhotoRef[];
  /** In the store: what is known of them, `StereoPhoto` without the picture, in the same order. */
  readonly placed: string;
  /** Begins the keys of all that is kept of them. */
  readonly key: string;
}

/** A photo of `PreparedDepth.placed`. */
export type PlacedPicture = Omit<StereoPhoto, "picture">;

/** The photos of a scene between which depth is measured, where features have them; null where there is nothing to measure. */
export const prepareDepth: TaskKind<SceneInput, PreparedDepth | null> = {
  name: "cameras",
  stage: "align",
  version: 8,
  items: () => 1,
  photos: ({ photos }) => photos.map(({ name }) => name),
  async run({ model: ref, photos: refs, settings, priors }, { store, openModel, findPhoto, onProgress, signal }) {
    const model = await openModel(ref);
    return await withPhotoFolder(refs, findPhoto, async ({ photos: found }) => {
      const known = await readPriors(store, priors);
      const how = { ...settings, dense: "none", model, priors: known, store, onProgress, signal } as const;
      const { scene, views, files = [] } = await reconstruct(found, how);
      if (!isMeasured(scene, settings)) return null;
      const those = stereoPhotos(scene, views, files);
      const placed = those.photos.map(({ picture: _, ...photo }): PlacedPicture => photo);
      return {
        photos: those.chosen.map((i) => refs[found.indexOf(files[i]!)]!),
        placed: await putByContent(store, "placed", serialize(placed)),
        key: await stereoKey(those, views, settings),
      };
    });
  },
};
