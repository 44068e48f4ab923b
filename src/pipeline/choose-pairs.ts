import { InputError } from "../core/errors.ts";
import type { View, ViewPair } from "../core/view.ts";
import { describeView } from "../inference/describe-view.ts";
import type { InferOptions } from "../inference/infer-pairs.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { pairsByRetrieval } from "../pairs/by-retrieval.ts";
import { makePairs, type PairGraph } from "../pairs/make-pairs.ts";

/** Which views are paired: a graph of their order, or those that look alike. */
export type PairChoice =
  | PairGraph
  /** Each with the `partners` of the most similar descriptors; all are connected. */
  | { readonly kind: "retrieval"; readonly partners: number };

/**
 * The ordered pairs of views, as `makePairs` gives them. To find out which look alike, each is encoded, unless the store
 * has its descriptor.
 */
export async function choosePairs(
  network: PairInference,
  views: readonly View[],
  choice: PairChoice,
  { store, onProgress, signal }: InferOptions = {},
): Promise<ViewPair[]> {
  if (choice.kind !== "retrieval") return makePairs(views.length, choice);
  const { partners } = choice;
  if (!(Number.isInteger(partners) && partners > 0))
    throw new InputError(`a retrieval of ${partners}: a positive integer is expected`);
  if (partners >= views.length - 1) return makePairs(views.length, { kind: "complete" });
  const descriptors: Float32Array[] = [];
  for (const [i, view] of views.entries()) {
    signal?.throwIfAborted();
    descriptors.push(await describeView(network, view, store));
    onProgress?.({ stage: "encode", done: i + 1, total: views.length, item: view.name });
  }
  const pairs = pairsByRetrieval(descriptors, partners).map(({ first, second }) => ({ view1: first, view2: second }));
  return makePairs(views.length, { kind: "list", pairs });
}
