import type { BlobStore } from "../core/blob-store.ts";
import { InputError, isUserError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { loadView } from "../images/load-views.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { describeView } from "../inference/describe-view.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { pairsByRetrieval } from "../pairs/by-retrieval.ts";
import { highest, meanOf, similarities } from "../pairs/descriptor-similarity.ts";
import { countMutualFeatures } from "../pairs/mutual-features.ts";
import type { SelectedPair } from "../pairs/selected-pair.ts";
import { verifyPairs } from "../pairs/verify-pairs.ts";

/** A photo by the name that lists have for it, and its file. */
export interface NamedPhoto {
  readonly name: string;
  readonly path: string;
}

/** The encoder, and where finished work is kept. */
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
 * Photos that look alike, by the mean of their encoder features: each with its `partners`, all connected unless
 * `verify` separates them, the most alike pairs first.
 * @throws InputError that names all photos which cannot be read; the signal's reason when aborted
 */
export async function selectPairs(photos: readonly NamedPhoto[], selection: PairSelection): Promise<SelectedPairs> {
  const looking = rememberingMost(selection);
  const described = await describePhotos(photos, looking);
  const candidates = pairsByRetrieval(descriptorsOf(described), selection.partners);
  return verified(candidates, { first: described, second: described, selection: looking });
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
  const [asked, known] = [all.slice(0, queries.length), all.slice(queries.length)];
  const similarity = similarities(descriptorsOf(asked), descriptorsOf(known));
  const candidates = queries.flatMap((_, first) => {
    const row = similarity.subarray(first * map.length, (first + 1) * map.length);
    return highest(row, selection.partners).map((second) => ({ first, second, score: row[second]! }));
  });
  return verified(candidates, { first: asked, second: known, selection: looking });
}

/** Photos whose features stay in memory: 800 MB of them, for the published network. */
const KEPT = 256;

function rememberingMost(selection: PairSelection): PairSelection {
  return { ...selection, network: keepEncodings(selection.network, { views: KEPT }) };
}

/** A photo, the hash of its view, and its descriptor. */
interface DescribedPhoto extends NamedPhoto {
  readonly hash: string;
  readonly descriptor: Float32Array;
}

function descriptorsOf(photos: readonly DescribedPhoto[]): readonly Float32Array[] {
  return photos.map(({ descriptor }) => descriptor);
}

async function describePhotos(
  photos: readonly NamedPhoto[],
  { network, plan, store, onProgress, signal }: PairSelection,
): Promise<readonly DescribedPhoto[]> {
  const described: DescribedPhoto[] = [];
  const problems: string[] = [];
  for (const [i, { path, name }] of photos.entries()) {
    signal?.throwIfAborted();
    try {
      const view = await loadView(path, name, plan);
      described.push({ path, name, hash: view.hash, descriptor: await describeView(network, view, store) });
    } catch (error) {
      if (!isUserError(error)) throw error;
      problems.push(error.message);
    }
    onProgress?.({ stage: "encode", done: i + 1, total: photos.length, item: name });
  }
  if (problems.length > 0)
    throw new InputError(`${problems.length} photos cannot be used; remove them:\n  ${problems.join("\n  ")}`);
  return described;
}

interface Candidates {
  readonly first: readonly DescribedPhoto[];
  /** Those that the mean is taken over. */
  readonly second: readonly DescribedPhoto[];
  readonly selection: PairSelection;
}

/** Tokens match from this cosine on, once the mean of all is taken from each. */
const ALIKE = 0.5;
/**
 * Share of matching tokens. With `tiny` and the 135 photos of `shared/data`, one in twenty pairs of two places has 0.18 or
 * more, and half of the pairs of one place, overlapping or not, have 0.5.
 */
const LEAST_SHARE = 0.2;

/** Part of every key: raise it when the same features give another share than before. */
const SHARE_VERSION = 1;

async function fingerprint(values: Float64Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Float64Array.from(values));
  return Array.from(new Uint8Array(digest, 0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function verified(
  candidates: readonly SelectedPair[],
  { first, second, selection }: Candidates,
): Promise<SelectedPairs> {
  const { network, plan, verify, store, onProgress, signal } = selection;
  if (!verify) return { pairs: candidates, candidates: candidates.length };
  const { checkpoint, dtype } = network;
  const { dim } = checkpoint.config.encoder;
  const mean = meanOf(descriptorsOf(second));
  const shares = `share-${SHARE_VERSION}-${checkpoint.hash.slice(0, 24)}-${dtype}-${await fingerprint(mean)}`;
  const features = async ({ path, name }: NamedPhoto): Promise<Float32Array> => {
    const [encoded] = await network.encode([await loadView(path, name, plan)]);
    return encoded!.features.map((value, i) => value - mean[i % dim]!);
  };
  const matchingShare = async (i: number, j: number): Promise<number> => {
    const [photo, partner] = [first[i]!, second[j]!];
    const key = `${shares}-${photo.hash.slice(0, 24)}-${partner.hash.slice(0, 24)}`;
    const known = await store?.get(key);
    if (known?.length === 8) return new DataView(known.buffer, known.byteOffset).getFloat64(0);
    const [one, other] = [await features(photo), await features(partner)];
    const count = countMutualFeatures(one, other, { dim, least: ALIKE });
    const share = (count * dim) / Math.min(one.length, other.length);
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setFloat64(0, share);
    await store?.put(key, new Uint8Array(bytes.buffer));
    return share;
  };
  // By their first photos, whose features are then at hand.
  const inTurn = candidates.toSorted((a, b) => a.first - b.first);
  const kept = new Set(await verifyPairs(inTurn, { matchingShare, leastShare: LEAST_SHARE, onProgress, signal }));
  return { pairs: candidates.filter((pair) => kept.has(pair)), candidates: candidates.length };
}
