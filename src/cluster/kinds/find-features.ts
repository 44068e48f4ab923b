import { photoFeatures } from "../../pipeline/stored-features.ts";
import type { TaskKind } from "../task-kind.ts";
import type { ViewFacts } from "../view-facts.ts";

/** Photos whose local features are to be found. */
export interface FindFeaturesInput {
  readonly views: readonly ViewFacts[];
  /** Longest side at which they are looked at, in pixels. */
  readonly featureSize: number | undefined;
}

/** Local features of photos, left in the store. */
export const findFeatures: TaskKind<FindFeaturesInput, null> = {
  name: "features",
  stage: "features",
  version: 2,
  items: ({ views }) => views.length,
  photos: ({ views }) => views.map(({ name }) => name),
  async run({ views, featureSize }, { store, findPhoto, onProgress, signal }) {
    const photos = await Promise.all(views.map(async (view) => ({ view, file: await findPhoto(view.photo) })));
    await photoFeatures(photos, { featureSize, store, onProgress, signal });
    return null;
  },
  parts: {
    slice: (input, from, to) => ({ ...input, views: input.views.slice(from, to) }),
    join: () => null,
  },
};
