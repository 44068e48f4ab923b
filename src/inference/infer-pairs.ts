import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { RunOptions } from "../core/progress.ts";
import type { View, ViewPair } from "../core/view.ts";
import type { Features, PairNetwork } from "./pair-network.ts";
import { pairKey, storedPrediction, storePrediction } from "./prediction-cache.ts";

export interface InferOptions extends RunOptions {
  /** Where finished pairs are kept and looked up, so that an interrupted run need not repeat them. */
  readonly store?: BlobStore | undefined;
}

/**
 * The network's answer for every ordered pair, one after another in the given order. Each view is encoded once and
 * each pair decoded once; only the encoded views stay in memory, never the predictions.
 * @throws InputError when the network gives anything but finite numbers
 */
export async function* inferPairs(
  network: PairNetwork,
  views: readonly View[],
  pairs: readonly ViewPair[],
  { store, onProgress, signal }: InferOptions = {},
): AsyncGenerator<PairPrediction> {
  const keyOf = ({ view1, view2 }: ViewPair) =>
    pairKey(`${network.checkpoint.hash.slice(0, 12)}${network.dtype}`, views[view1]!, views[view2]!);
  const stored = new Set<ViewPair>();
  for (const pair of store === undefined ? [] : pairs) if (await store!.has(keyOf(pair))) stored.add(pair);

  const features = await encodeViews(
    network,
    views,
    pairs.filter((pair) => !stored.has(pair)),
    { onProgress, signal },
  );
  let done = 0;
  for (const pair of pairs) {
    signal?.throwIfAborted();
    const { view1, view2 } = pair;
    const earlier = stored.has(pair) ? await storedPrediction(store!, keyOf(pair), pair, views) : undefined;
    const prediction =
      earlier ?? (await network.decode(pair, views[view1]!, views[view2]!, features.get(view1)!, features.get(view2)!));
    requireFinite(prediction, network, views);
    if (earlier === undefined && store !== undefined) await storePrediction(store, keyOf(pair), prediction);
    done++;
    const item = `${views[view1]!.name} → ${views[view2]!.name}`;
    onProgress?.({ stage: "decode", done, total: pairs.length, reused: stored.size, item });
    yield prediction;
  }
}

/** Encodes every view that a pair needs. */
async function encodeViews(
  network: PairNetwork,
  views: readonly View[],
  pairs: readonly ViewPair[],
  { onProgress, signal }: RunOptions,
): Promise<ReadonlyMap<number, Features>> {
  const needed = [...new Set(pairs.flatMap(({ view1, view2 }) => [view1, view2]))].sort((a, b) => a - b);
  const features = new Map<number, Features>();
  for (const index of needed) {
    signal?.throwIfAborted();
    features.set(index, await network.encode(views[index]!));
    onProgress?.({ stage: "encode", done: features.size, total: needed.length, item: views[index]!.name });
  }
  return features;
}

function requireFinite(prediction: PairPrediction, network: PairNetwork, views: readonly View[]): void {
  const { pointmap1, confidence1, pointmap2, confidence2 } = prediction;
  for (const map of [pointmap1, confidence1, pointmap2, confidence2]) {
    const at = map.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    throw new InputError(
      `${network.checkpoint.name} gives ${map[at]} for ${views[prediction.view1]!.name} and ` +
        `${views[prediction.view2]!.name}: the weights are damaged or hold NaN; nothing was written`,
    );
  }
}
