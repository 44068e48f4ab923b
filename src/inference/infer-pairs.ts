import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { RunOptions } from "../core/progress.ts";
import type { View, ViewPair } from "../core/view.ts";
import { keepEncodings } from "./keep-encodings.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";
import { deserializePrediction, pairKey, serializePrediction } from "./prediction-cache.ts";

export interface InferOptions extends RunOptions {
  /** Where finished pairs are kept and looked up, so that an interrupted run need not repeat them. */
  readonly store?: BlobStore | undefined;
}

/**
 * The network's answer for every ordered pair, one after another in the given order. Each view is encoded once and
 * each pair decoded once; only the encoded views stay in memory, never the predictions: all of them unless the network itself keeps
 * some, as `keepEncodings` makes it.
 * @throws InputError when the network gives anything but finite numbers
 */
export async function* inferPairs(
  network: PairInference,
  views: readonly View[],
  pairs: readonly ViewPair[],
  { store, onProgress, signal }: InferOptions = {},
): AsyncGenerator<PairPrediction> {
  const keyOf = ({ view1, view2 }: ViewPair) => pairKey(network, views[view1]!, views[view2]!);
  const stored = new Set<ViewPair>();
  for (const pair of pairs) if (await store?.has(keyOf(pair))) stored.add(pair);

  const once = network.keepsEncodings ? network : keepEncodings(network);
  const encodedView = async (view: number): Promise<EncodedView> => {
    const [encoded] = await once.encode([views[view]!]);
    return encoded!;
  };
  let encoded = 0;
  const needed = new Set(pairs.flatMap((pair) => (stored.has(pair) ? [] : [pair.view1, pair.view2])));
  const encodeBatch = async (batch: readonly number[]) => {
    signal?.throwIfAborted();
    await once.encode(batch.map((view) => views[view]!));
    return batch;
  };
  for await (const batch of oneAhead(encoderBatches([...needed], views), encodeBatch)) {
    encoded += batch.length;
    onProgress?.({ stage: "encode", done: encoded, total: needed.size, item: views[batch.at(-1)!]!.name });
  }

  const predict = async (pair: ViewPair): Promise<PairPrediction> => {
    signal?.throwIfAborted();
    const bytes = stored.has(pair) ? await store!.get(keyOf(pair)) : undefined;
    const earlier = bytes && (await deserializePrediction(bytes, pair, views));
    if (earlier !== undefined) return earlier;
    const prediction = await network.decode(pair, await encodedView(pair.view1), await encodedView(pair.view2));
    requireFinite(prediction, network, views);
    stored.delete(pair);
    await store?.put(keyOf(pair), serializePrediction(prediction));
    return prediction;
  };
  let done = 0;
  for await (const prediction of oneAhead(pairs, predict)) {
    signal?.throwIfAborted();
    const [view1, view2] = [views[prediction.view1]!, views[prediction.view2]!];
    const item = `${view1.name} → ${view2.name}`;
    onProgress?.({ stage: "decode", done: ++done, total: pairs.length, reused: stored.size, item });
    yield { ...prediction, size1: imagePlane(view1), size2: imagePlane(view2) };
  }
}

/** What `start` gives for each item, in turn. The next is started before one is handed out: the engine has work while that is used. */
async function* oneAhead<Item, Result>(
  items: Iterable<Item>,
  start: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let started: Promise<Result> | undefined;
  for (const item of items) {
    const next = start(item);
    // Whoever waits for it is told why it failed; where nobody does any more, it is of no interest.
    next.catch(() => {});
    if (started !== undefined) yield await started;
    started = next;
  }
  if (started !== undefined) yield await started;
}

/** Two at once share the work of preparing a layer's weights, a tenth of the time; more gain little. */
const ENCODED_AT_ONCE = 2;

/** Views in groups of one size. */
function encoderBatches(indices: readonly number[], views: readonly View[]): readonly (readonly number[])[] {
  const batches: number[][] = [];
  const open = new Map<string, number[]>();
  for (const view of indices) {
    const size = `${views[view]!.width}x${views[view]!.height}`;
    const batch = open.get(size) ?? [];
    if (batch.push(view) === 1) batches.push(batch);
    if (batch.length < ENCODED_AT_ONCE) open.set(size, batch);
    else open.delete(size);
  }
  return batches;
}

function requireFinite(prediction: PairPrediction, network: PairInference, views: readonly View[]): void {
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
