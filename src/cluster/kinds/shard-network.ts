import { loadView } from "../../images/load-views.ts";
import type { PairInference } from "../../inference/pair-inference.ts";
import { storedEncodings } from "../../inference/stored-encodings.ts";
import type { ModelRef } from "../model-ref.ts";
import type { TaskContext } from "../task-kind.ts";
import type { ViewFacts } from "../view-facts.ts";

/** A network that takes views without pixels: their encodings are in the store, or are made from the photos. */
export async function shardNetwork(
  model: ModelRef,
  views: readonly ViewFacts[],
  { store, openModel, findPhoto }: TaskContext,
): Promise<PairInference> {
  const { network, plan } = await openModel(model);
  const photos = new Map(views.map(({ hash, photo }) => [hash, photo]));
  return storedEncodings(network, store, async ({ hash, name }) => {
    const photo = photos.get(hash)!;
    return await loadView(await findPhoto(photo), name, { ...plan, lens: photo.lens });
  });
}
