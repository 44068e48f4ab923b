import type { ViewPair } from "../../core/view.ts";
import { inferPairs } from "../../inference/infer-pairs.ts";
import type { ModelRef } from "../model-ref.ts";
import type { TaskKind } from "../task-kind.ts";
import { type ViewFacts, viewWithoutPixels } from "../view-facts.ts";
import { shardNetwork } from "./shard-network.ts";

/** Pairs of views, by index, that the network is to look at. */
export interface PredictPairsInput {
  readonly model: ModelRef;
  /** Those of the pairs, and no others. */
  readonly views: readonly ViewFacts[];
  readonly pairs: readonly ViewPair[];
}

/** The network's predictions for pairs, left in the store. */
export const predictPairs: TaskKind<PredictPairsInput, null> = {
  name: "predict",
  stage: "decode",
  version: 1,
  items: ({ pairs }) => pairs.length,
  photos: ({ views }) => views.map(({ name }) => name),
  async run({ model, views, pairs }, context) {
    const { store, onProgress, signal } = context;
    const network = await shardNetwork(model, views, context);
    const told = (event: { readonly stage: string }) => event.stage === "decode";
    const predictions = inferPairs(network, views.map(viewWithoutPixels), pairs, {
      store,
      signal,
      onProgress: (event) => (told(event) ? onProgress?.(event) : undefined),
    });
    for await (const _ of predictions);
    return null;
  },
  parts: {
    slice: (input, from, to) => withPairs(input, input.pairs.slice(from, to)),
    join: () => null,
  },
};

/** Some of the pairs of views, with the views that they are of. */
export function withPairs(
  { model, views }: Omit<PredictPairsInput, "pairs">,
  pairs: readonly ViewPair[],
): PredictPairsInput {
  const used = [...new Set(pairs.flatMap(({ view1, view2 }) => [view1, view2]))];
  const places = new Map(used.map((view, place) => [view, place]));
  return {
    model,
    views: used.map((view) => views[view]!),
    pairs: pairs.map(({ view1, view2 }) => ({ view1: places.get(view1)!, view2: places.get(view2)! })),
  };
}
