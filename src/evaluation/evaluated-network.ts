import { align } from "../alignment/align.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { inferPairs, type PairInference } from "../inference/infer-pairs.ts";
import { makePairs } from "../pairs/make-pairs.ts";

/** The network under test, and how photos are prepared for it. */
export interface EvaluatedNetwork {
  readonly network: PairInference;
  readonly plan: PlanOptions;
  readonly signal?: AbortSignal | undefined;
}

/** A scene as `dust3r reconstruct` makes it: all photos with all, aligned with the defaults. */
export async function reconstructViews({ network, signal }: EvaluatedNetwork, views: readonly View[]): Promise<Scene> {
  const pairs = makePairs(views.length, { kind: "complete" });
  return align(views, inferPairs(network, views, pairs, { signal }), { signal });
}

/** What the network says of all ordered pairs of a few views. */
export async function predictViews(
  { network, signal }: EvaluatedNetwork,
  views: readonly View[],
): Promise<readonly PairPrediction[]> {
  const pairs = makePairs(views.length, { kind: "complete" });
  const predictions: PairPrediction[] = [];
  for await (const prediction of inferPairs(network, views, pairs, { signal })) predictions.push(prediction);
  return predictions;
}
