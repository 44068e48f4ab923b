import { alignGathered } from "../alignment/align.ts";
import { gatherPairs } from "../alignment/gather-pairs.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { View } from "../core/view.ts";
import { type ComparedPhoto, comparedPhoto } from "../refinement/compare-photos.ts";
import { posedBy } from "./align-views.ts";
import type { Model } from "./open-model.ts";
import type { Overflow } from "./overflow.ts";
import { type PredictViewsOptions, predictViews } from "./predicted-views.ts";
import { pairsToVerify, posedPhotos } from "./refine-views.ts";

/** Photos where the network places them, and which of them are to be compared by their features. */
export interface PlacedViews {
  /** In an order of their own, which depends on the views alone. */
  readonly photos: readonly { readonly name: string; readonly compared: ComparedPhoto }[];
  /** Of `photos`. */
  readonly pairs: readonly (readonly [photo1: number, photo2: number])[];
}

/**
 * What `reconstructViews` does before it compares photos by their features: others may do that, and leave what they find in the store,
 * where it looks for it. Nothing is to be compared where cameras are not refined. The overflow must be open as long as the photos are used.
 */
export async function placeViews(
  model: Pick<Model, "network">,
  views: readonly View[],
  options: PredictViewsOptions & { readonly overflow: Overflow },
): Promise<PlacedViews> {
  const { how, refinement, views: ordered, predictions } = await predictViews(model, views, options);
  if (refinement === undefined) return { photos: [], pairs: [] };
  const gathered = await gatherPairs(ordered.map(imagePlane), predictions, how);
  const { scene } = await alignGathered(gathered, how, { isDraft: true });
  const { onProgress, signal, priors } = how;
  const run = { onProgress, signal };
  const photos = await posedPhotos(scene, ordered, {
    ...refinement,
    ...run,
    masks: priors?.masks,
    isPosed: posedBy(how),
  });
  return {
    photos: photos.map((photo, i) => ({ name: ordered[i]!.name, compared: comparedPhoto(photo) })),
    pairs: pairsToVerify(scene),
  };
}
