import { FormatError, InputError } from "../../core/errors.ts";
import { loadView } from "../../images/load-views.ts";
import { describeView } from "../../inference/describe-view.ts";
import { keepEncodings } from "../../inference/keep-encodings.ts";
import { storedEncodings } from "../../inference/stored-encodings.ts";
import type { ModelRef } from "../model-ref.ts";
import type { PhotoRef } from "../photo-ref.ts";
import type { TaskKind } from "../task-kind.ts";
import { type ViewFacts, viewFacts } from "../view-facts.ts";

/** Photos to be encoded. */
export interface EncodePhotosInput {
  readonly model: ModelRef;
  readonly photos: readonly PhotoRef[];
}

/** What became of each photo, in the order given. */
export type EncodedPhoto = { readonly view: ViewFacts } | { readonly problem: string };

/** Photos become views; their encodings and descriptors are left in the store. Photos that cannot be used are told of. */
export const encodePhotos: TaskKind<EncodePhotosInput, readonly EncodedPhoto[]> = {
  name: "encode",
  stage: "encode",
  version: 1,
  items: ({ photos }) => photos.length,
  photos: ({ photos }) => photos.map(({ name }) => name),
  async run({ model: ref, photos }, { store, openModel, findPhoto, onProgress, signal }) {
    const { network, plan } = await openModel(ref);
    const stored = keepEncodings(storedEncodings(network, store), 1);
    const answers: EncodedPhoto[] = [];
    for (const photo of photos) {
      signal?.throwIfAborted();
      const picture = await findPhoto(photo);
      const view = await loadView(picture, photo.name, { ...plan, lens: photo.lens }).catch((error: unknown) => {
        if (error instanceof InputError || error instanceof FormatError) return error;
        throw error;
      });
      if (view instanceof Error) answers.push({ problem: view.message });
      else {
        await stored.encode([view]);
        await describeView(stored, view, store);
        answers.push({ view: viewFacts(view, photo) });
      }
      onProgress?.({ stage: "encode", done: answers.length, total: photos.length, item: photo.name });
    }
    return answers;
  },
  parts: {
    slice: (input, from, to) => ({ ...input, photos: input.photos.slice(from, to) }),
    join: (first, second) => [...first, ...second],
  },
};
