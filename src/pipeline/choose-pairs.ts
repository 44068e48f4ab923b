import { InputError } from "../core/errors.ts";
import type { PairingReport } from "../core/pairing-report.ts";
import type { View, ViewPair } from "../core/view.ts";
import type { Features } from "../features/features.ts";
import { describeView } from "../inference/describe-view.ts";
import type { InferOptions } from "../inference/infer-pairs.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { pairsByRetrieval } from "../pairs/by-retrieval.ts";
import { makePairs, type PairGraph } from "../pairs/make-pairs.ts";
import { COMPLETE_UP_TO } from "../pairs/pair-graph.ts";
import { automaticPairs } from "./automatic-pairs.ts";

/** Which views are paired: a graph of their order, or those that look alike. */
export type PairChoice =
  | PairGraph
  /** All up to `COMPLETE_UP_TO` views; of more, a connected graph that closes loops, by likeness, sequences and features. */
  | { readonly kind: "auto" }
  /** Each with the `partners` of the most similar descriptors; all are connected. */
  | { readonly kind: "retrieval"; readonly partners: number };

/** How pairs are chosen. */
export interface ChoosePairsOptions extends InferOptions {
  /** Gives the local features of all views, for `auto`; asked at most once. */
  readonly features?: (() => Promise<readonly Features[]>) | undefined;
}

/** The pairs of views. */
export interface ChosenPairs {
  /** As `makePairs` gives them. */
  readonly pairs: readonly ViewPair[];
  /** How they were found; undefined where that was told. */
  readonly pairing?: PairingReport | undefined;
}

/**
 * The ordered pairs of views. To find out which look alike, each is encoded, unless the store has its descriptor.
 */
export async function choosePairs(
  network: PairInference,
  views: readonly View[],
  choice: PairChoice,
  { features, ...options }: ChoosePairsOptions = {},
): Promise<ChosenPairs> {
  switch (choice.kind) {
    case "auto": {
      if (views.length <= COMPLETE_UP_TO) return { pairs: makePairs(views.length, { kind: "complete" }) };
      const descriptors = await describeViews(network, views, options);
      const { edges, report } = await automaticPairs({ ...options, views, descriptors, features: await features?.() });
      return { pairs: listed(views.length, edges), pairing: report };
    }
    case "retrieval": {
      const { partners } = choice;
      if (!(Number.isInteger(partners) && partners > 0))
        throw new InputError(`a retrieval of ${partners}: a positive integer is expected`);
      if (partners >= views.length - 1) return { pairs: makePairs(views.length, { kind: "complete" }) };
      const alike = pairsByRetrieval(await describeViews(network, views, options), partners);
      return {
        pairs: listed(
          views.length,
          alike.map(({ first, second }) => [first, second]),
        ),
      };
    }
    default:
      return { pairs: makePairs(views.length, choice) };
  }
}

function listed(count: number, edges: readonly (readonly [number, number])[]): ViewPair[] {
  return makePairs(count, { kind: "list", pairs: edges.map(([view1, view2]) => ({ view1, view2 })) });
}

async function describeViews(
  network: PairInference,
  views: readonly View[],
  { store, onProgress, signal }: InferOptions,
): Promise<readonly Float32Array[]> {
  const descriptors: Float32Array[] = [];
  for (const [i, view] of views.entries()) {
    signal?.throwIfAborted();
    descriptors.push(await describeView(network, view, store));
    onProgress?.({ stage: "encode", done: i + 1, total: views.length, item: view.name });
  }
  return descriptors;
}
