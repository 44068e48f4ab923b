import type { BlobStore } from "./core/blob-store.ts";
import { InputError, isUserError } from "./core/errors.ts";
import type { RunOptions } from "./core/progress.ts";
import { countMutualFeatures } from "./data/pair-selection/mutual-features.ts";
import { verifyPairs } from "./data/pair-selection/verify-pairs.ts";
import { loadView } from "./images/load-views.ts";
import type { PlanOptions } from "./images/plan-view.ts";
import { describeView } from "./inference/describe-view.ts";
import type { PairInference } from "./inference/infer-pairs.ts";
import { keepEncodings } from "./inference/keep-encodings.ts";
import { pairsByRetrieval } from "./pairs/by-retrieval.ts";
import type { SelectedPair } from "./pairs/selected-pair.ts";
import { highest, meanOf, similarities } from "./pairs/similarity.ts";

/** A photo by the name that lists have for it, and its file. */
export interface NamedPhoto {
  readonly name: string;
  readonly path: string;
}

/** What looks at photos, and where finished work is kept. */
export interface PairSelection extends RunOptions {
  readonly network: PairInference;
  readonly plan: PlanOptions;
  /** Partners of a photo. */
  readonly partners: number;
  /** Whether pairs whose photos have few mutual matches are left out again. */
  readonly verify: boolean;
  readonly store?: BlobStore | undefined;
}

/** Pairs of photos that look alike. */
export interface SelectedPairs {
  readonly pairs: readonly SelectedPair[];
  /** How many there were before they were verified. */
  readonly candidates: number;
}

/**
 * Photos that look alike, by the mean of their encoder features: each with its `partners`, all hanging together unless
 * `verify` parts them, the most alike pairs first.
 * @throws InputError that names all photos which cannot be read; the signal's reason when aborted
 */
export async function selectPairs(photos: readonly NamedPhoto[], selection: PairSelection): Promise<SelectedPairs> {
  const looking = rememberingMost(selection);
  const descriptors = await describePhotos(photos, looking);
  const candidates = pairsByRetrieval(descriptors, selection.partners);
  return verified(candidates, { first: photos, second: photos, descriptors, selection: looking });
}

/**
 * For each query the photos of a map that look most like it: `first` is a query, `second` a photo of the map; queries in
 * order, the most alike first.
 * @throws InputError that names all photos which cannot be read; the signal's reason when aborted
 */
export async function selectMapPairs(
  queries: readonly NamedPhoto[],
  map: readonly NamedPhoto[],
  selection: PairSelection,
): Promise<SelectedPairs> {
  const looking = rememberingMost(selection);
  const all = await describePhotos([...queries, ...map], looking);
  const descriptors = all.slice(queries.length);
  const similarity = similarities(all.slice(0, queries.length), descriptors);
  const candidates = queries.flatMap((_, first) => {
    const row = similarity.subarray(first * map.length, (first + 1) * map.length);
    return highest(row, selection.partners).map((second) => ({ first, second, score: row[second]! }));
  });
  return verified(candidates, { first: queries, second: map, descriptors, selection: looking });
}

/** Photos whose features stay in memory: 800 MB of them, for the published network. */
const KEPT = 256;

function rememberingMost(selection: PairSelection): PairSelection {
  return { ...selection, network: keepEncodings(selection.network, KEPT) };
}

async function describePhotos(
  photos: readonly NamedPhoto[],
  { network, plan, store, onProgress, signal }: PairSelection,
): Promise<readonly Float32Array[]> {
  const descriptors: Float32Array[] = [];
  const problems: string[] = [];
  for (const [i, { path, name }] of photos.entries()) {
    signal?.throwIfAborted();
    try {
      descriptors.push(await describeView(network, await loadView(path, name, plan), store));
    } catch (error) {
      if (!isUserError(error)) throw error;
      problems.push(error.message);
    }
    onProgress?.({ stage: "encode", done: i + 1, total: photos.length, item: name });
  }
  if (problems.length > 0)
    throw new InputError(`${problems.length} photos cannot be used; remove them:\n  ${problems.join("\n  ")}`);
  return descriptors;
}

interface Candidates {
  readonly first: readonly NamedPhoto[];
  readonly second: readonly NamedPhoto[];
  /** Of the photos that the mean is taken over. */
  readonly descriptors: readonly Float32Array[];
  readonly selection: PairSelection;
}

/** Tokens match from this cosine on, once the mean of all is taken from each. */
const ALIKE = 0.5;
/**
 * Share of matching tokens. With `tiny` and the 135 photos of `shared/data`, one in twenty pairs of two places has 0.18 or
 * more, and half of the pairs of one place, overlapping or not, have 0.5.
 */
const LEAST_SHARE = 0.2;

async function verified(
  candidates: readonly SelectedPair[],
  { first, second, descriptors, selection }: Candidates,
): Promise<SelectedPairs> {
  const { network, plan, verify, onProgress, signal } = selection;
  if (!verify) return { pairs: candidates, candidates: candidates.length };
  const { dim } = network.checkpoint.config.encoder;
  const mean = meanOf(descriptors);
  const features = async ({ path, name }: NamedPhoto): Promise<Float32Array> => {
    const [encoded] = await network.encode([await loadView(path, name, plan)]);
    return encoded!.features.map((value, i) => value - mean[i % dim]!);
  };
  const matchingShare = async (i: number, j: number): Promise<number> => {
    const [one, other] = [await features(first[i]!), await features(second[j]!)];
    const count = countMutualFeatures(one, other, { dim, least: ALIKE });
    return (count * dim) / Math.min(one.length, other.length);
  };
  // By their first photos, whose features are then at hand.
  const inTurn = candidates.toSorted((a, b) => a.first - b.first);
  const kept = new Set(await verifyPairs(inTurn, { matchingShare, leastShare: LEAST_SHARE, onProgress, signal }));
  return { pairs: candidates.filter((pair) => kept.has(pair)), candidates: candidates.length };
}
