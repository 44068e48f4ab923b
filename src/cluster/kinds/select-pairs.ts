import type { ViewPair } from "../../core/view.ts";
import { keepEncodings } from "../../inference/keep-encodings.ts";
import { choosePairs, type PairChoice } from "../../pipeline/choose-pairs.ts";
import type { ModelRef } from "../model-ref.ts";
import type { TaskKind } from "../task-kind.ts";
import { type ViewFacts, viewWithoutPixels } from "../view-facts.ts";
import { shardNetwork } from "./shard-network.ts";

/** Views that are to be paired. */
export interface SelectPairsInput {
  readonly model: ModelRef;
  readonly choice: PairChoice;
  readonly views: readonly ViewFacts[];
}

/** Which photos are shown to the network together, by their encodings where these decide. */
export const selectPairs: TaskKind<SelectPairsInput, readonly ViewPair[]> = {
  name: "pairs",
  stage: "check",
  version: 1,
  items: () => 1,
  photos: ({ views }) => views.map(({ name }) => name),
  async run({ model, choice, views }, context) {
    const { store, signal } = context;
    const network = keepEncodings(await shardNetwork(model, views, context), 1);
    return await choosePairs(network, views.map(viewWithoutPixels), choice, { store, signal });
  },
};
