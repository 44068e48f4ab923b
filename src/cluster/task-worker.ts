import { serveRequests } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import { type Model, openModel } from "../pipeline/open-model.ts";
import { type ModelRef, requireWeights } from "./model-ref.ts";
import { photoAtPath, photoInStore } from "./photo-ref.ts";
import { openStore } from "./store/open-store.ts";
import { TASK_KINDS } from "./task.ts";
import type { TaskRequest, WorkPlace } from "./task-runner.ts";

/** Open from the task before. */
let store: { readonly place: string; readonly content: BlobStore } | undefined;
let model: { readonly ref: string; readonly opened: Model } | undefined;

serveRequests(async (message, tell) => {
  const { kind: name, input, place } = message as TaskRequest;
  const kind = TASK_KINDS.find((known) => known.name === name)!;
  if (store?.place !== place.store) store = { place: place.store, content: await openStore(place.store) };
  const { content } = store;
  return await kind.run(input, {
    store: content,
    findPhoto: place.photos === "store" ? photoInStore(content) : photoAtPath,
    openModel: (ref) => modelOf(ref, place),
    onProgress: tell,
  });
});

async function modelOf(ref: ModelRef, { device, threads }: WorkPlace): Promise<Model> {
  const key = JSON.stringify(ref);
  if (model?.ref === key) return model.opened;
  await model?.opened.close();
  model = undefined;
  const { name, hash: _, ...how } = ref;
  const opened = await openModel({ model: name, ...how, device, threads });
  requireWeights(ref, opened.checkpoint);
  model = { ref: key, opened };
  return opened;
}
