import type { ViewPair } from "../../core/view.ts";
import type { Features } from "../../features/features.ts";
import { keepEncodings } from "../../inference/keep-encodings.ts";
import { choosePairs, type PairChoice } from "../../pipeline/choose-pairs.ts";
import { photoFeatures } from "../../pipeline/stored-features.ts";
import type { ModelRef } from "../model-ref.ts";
import type { TaskKind } from "../task-kind.ts";
import { type ViewFacts, viewWithoutPixels } from "../view-facts.ts";
import { shardNetwork } from "./shard-network.ts";

/** Views that are to be paired. */
export interface SelectPairsInput {
  readonly model: ModelRef;
  readonly choice: PairChoice;
  readonly views: readonly ViewFacts[];
  /** Longest side at which photos are looked at for features, in pixels. */
  readonly featureSize: number | undefined;
}

/** Which photos are shown to the network together, by their encodings and features where these decide. */
export const selectPairs: TaskKind<SelectPairsInput, readonly ViewPair[]> = {
  name: "pairs",
  stage: "check",
  version: 1,
  items: () => 1,
  photos: ({ views }) => views.map(({ name }) => name),
  async run({ model, choice, views, featureSize }, context) {
    const { store, findPhoto, signal } = context;
    const network = keepEncodings(await shardNetwork(model, views, context), 1);
    // One after another: all photos may not fit in memory.
    const features = async () => {
      const found: Features[] = [];
      for (const view of views) {
        const file = await findPhoto(view.photo);
        found.push(...(await photoFeatures([{ view, file }], { featureSize, store, signal })));
      }
      return found;
    };
    const { pairs } = await choosePairs(network, views.map(viewWithoutPixels), choice, { store, features, signal });
    return pairs;
  },
};
