import type { PairingReport } from "../core/pairing-report.ts";
import type { RunOptions } from "../core/progress.ts";
import type { View } from "../core/view.ts";
import { type Features, selectFeatures } from "../features/features.ts";
import { matchFeatures } from "../features/match-features.ts";
import { highest, similarityAmong } from "../pairs/descriptor-similarity.ts";
import { choosePairGraph, type Edge, isMatched, LEAST_MATCHES, PARTNERS, type PhotoLink } from "../pairs/pair-graph.ts";
import { photoSequences } from "../pairs/photo-sequences.ts";

/** Photos that are to be paired, in any order. */
export interface PairedPhotos extends RunOptions {
  readonly views: readonly View[];
  /** `[dim]` each: global descriptors. */
  readonly descriptors: readonly Float32Array[];
  /** Their local features; without them likeness alone decides. */
  readonly features?: readonly Features[] | undefined;
}

/** Pairs by indices into the views, and how they were found. */
export interface AutomaticPairs {
  /** Each pair once, in ascending order. */
  readonly edges: readonly Edge[];
  readonly report: PairingReport;
}

/** Photos that are compared with each photo, by features: those most like it. */
const COMPARED = 3 * PARTNERS;
/**
 * Of each photo only its coarsest features are compared: they tell whether photos match at all (preemptive matching, Wu 2013) in a
 * millisecond a pair.
 */
const COARSEST = 400;
/** A photo is also compared with the partners of so many of its strongest partners, which have so many each. */
const FRIENDS = 5;

/**
 * A graph of pairs that connects all views and closes the loops of a walk, with about ten partners for each: by the likeness of
 * descriptors, by sequences of names and times that likeness confirms, and by features. It does not depend on the views' order.
 * @throws the signal's reason when aborted
 */
export async function automaticPairs(photos: PairedPhotos): Promise<AutomaticPairs> {
  const order = [...photos.views.keys()].sort((a, b) => compareViews(photos.views[a]!, photos.views[b]!));
  const inOrder = <T>(items: readonly T[]) => order.map((i) => items[i]!);
  const views = inOrder(photos.views);
  const similarity = similarityAmong(inOrder(photos.descriptors));
  const sequences = photoSequences(views, similarity);
  const features = photos.features && inOrder(photos.features);
  const links = await comparedLinks(views.length, { ...photos, similarity, sequences, features });
  const { edges, bridges, groups } = choosePairGraph({ count: views.length, links, sequences, similarity });
  const given = (chosen: readonly Edge[]) =>
    chosen
      .map(([a, b]): Edge => [Math.min(order[a]!, order[b]!), Math.max(order[a]!, order[b]!)])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const paired = new Set(edges.map(String));
  const matched = links.filter((link) => isMatched(link));
  const withMatch = new Set(matched.flatMap(({ first, second }) => [first, second]));
  return {
    edges: given(edges),
    report: {
      pairs: edges.length,
      matchedPairs: features && matched.filter(({ first, second }) => paired.has(String([first, second]))).length,
      sequences: sequences.map(({ length }) => length).sort((a, b) => b - a),
      groups,
      bridges: given(bridges),
      unmatched: features ? order.filter((_, place) => !withMatch.has(place)).sort((a, b) => a - b) : [],
    },
  };
}

function compareViews(a: View, b: View): number {
  if (a.hash !== b.hash) return a.hash < b.hash ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}

interface Looks extends RunOptions {
  readonly similarity: (first: number, second: number) => number;
  readonly sequences: readonly (readonly number[])[];
  readonly features?: readonly Features[] | undefined;
}

/** Pairs of photos that look alike or follow each other, compared; then those whose partners match. */
async function comparedLinks(count: number, { similarity, sequences, features, ...run }: Looks): Promise<PhotoLink[]> {
  const links = new Map<number, PhotoLink>();
  const coarsest = features?.map((all) => selectFeatures(all, (i) => i < COARSEST));
  const compare = async (pairs: Iterable<readonly [number, number]>): Promise<void> => {
    const unknown = new Map<number, Edge>();
    for (const [a, b] of pairs) {
      const [first, second] = a < b ? [a, b] : [b, a];
      if (first !== second && !links.has(first * count + second)) unknown.set(first * count + second, [first, second]);
    }
    let done = 0;
    for (const [key, [first, second]] of [...unknown].sort(([a], [b]) => a - b)) {
      if (done % 64 === 0) await nextTurn(run.signal);
      const matches = coarsest && matchFeatures(coarsest[first]!, coarsest[second]!).length / 2;
      links.set(key, { first, second, similarity: similarity(first, second), matches });
      run.onProgress?.({ stage: "check", done: ++done, total: unknown.size });
    }
  };
  await compare(likelyPairs(count, similarity, sequences));
  if (coarsest) await compare(pairsOfPartners(count, [...links.values()]));
  return [...links.values()];
}

function* likelyPairs(
  count: number,
  similarity: Looks["similarity"],
  sequences: Looks["sequences"],
): Generator<readonly [number, number]> {
  const row = new Float32Array(count);
  for (let photo = 0; photo < count; photo++) {
    for (let other = 0; other < count; other++)
      row[other] = other === photo ? Number.NEGATIVE_INFINITY : similarity(photo, other);
    for (const other of highest(row, Math.min(COMPARED, count - 1))) yield [photo, other];
  }
  for (const sequence of sequences)
    for (const [i, photo] of sequence.entries())
      for (const next of sequence.slice(i + 1, i + 1 + FRIENDS)) yield [photo, next];
}

/** Photos that have a strong partner in common: if descriptors found one link between two walks, this finds the others. */
function* pairsOfPartners(count: number, links: readonly PhotoLink[]): Generator<readonly [number, number]> {
  const partners = Array.from({ length: count }, (): { readonly other: number; readonly matches: number }[] => []);
  for (const { first, second, matches = 0 } of links) {
    if (matches < LEAST_MATCHES) continue;
    partners[first]!.push({ other: second, matches });
    partners[second]!.push({ other: first, matches });
  }
  const friends = partners.map((own) =>
    own
      .sort((a, b) => b.matches - a.matches || a.other - b.other)
      .slice(0, FRIENDS)
      .map(({ other }) => other),
  );
  for (const [photo, own] of friends.entries())
    for (const friend of own) for (const other of friends[friend]!) yield [photo, other];
}

/** Yields to the event loop, so that other work runs and a signal can arrive. */
async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  signal?.throwIfAborted();
}
