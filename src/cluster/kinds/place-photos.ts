import { serialize } from "node:v8";
import { loadPhotos } from "../../images/load-views.ts";
import { pairsWithout } from "../../pipeline/pairs-without.ts";
import { placeViews } from "../../pipeline/place-views.ts";
import { overflowOf } from "../../pipeline/predicted-views.ts";
import { RECONSTRUCT_DEFAULTS } from "../../pipeline/reconstruct-options.ts";
import { putByContent, readPriors } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";
import { withPhotoFolder } from "./photo-folder.ts";
import type { SceneInput } from "./reconstruct-scene.ts";

/** A photo that is to be compared with others, in the store. */
export interface PlacedPhoto {
  readonly name: string;
  readonly key: string;
}

/** Photos, and which of them are to be compared. */
export interface PlacedPhotos {
  readonly photos: readonly PlacedPhoto[];
  /** Places in `photos`. */
  readonly pairs: readonly (readonly [photo1: number, photo2: number])[];
}

/** Photos where the network alone places them, with what is compared of them left in the store. */
export const placePhotos: TaskKind<SceneInput, PlacedPhotos> = {
  name: "place",
  stage: "align",
  version: 3,
  items: () => 1,
  photos: ({ photos }) => photos.map(({ name }) => name),
  async run({ model: ref, photos, settings, priors: known }, { store, openModel, findPhoto, onProgress, signal }) {
    const model = await openModel(ref);
    const run = { onProgress, signal };
    const priors = await readPriors(store, known);
    const { pairs = RECONSTRUCT_DEFAULTS.pairs, skipBroken } = settings;
    return await withPhotoFolder(photos, findPhoto, async (folder) => {
      await using overflow = overflowOf(settings);
      const loaded = await loadPhotos(folder.photos, { ...model.plan, lenses: priors.lenses, skipBroken, ...run });
      const { views, files, kept } = loaded;
      const how = { ...settings, ...run, priors, store, files, overflow, pairs: pairsWithout(pairs, kept) };
      const placed = await placeViews(model, views, how);
      const stored: PlacedPhoto[] = [];
      for (const { name, compared } of placed.photos) {
        signal?.throwIfAborted();
        stored.push({ name, key: await putByContent(store, "placed", serialize(compared)) });
      }
      return { photos: stored, pairs: placed.pairs };
    });
  },
};
