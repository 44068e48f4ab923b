import { growingComponents } from "../core/connected-components.ts";

/** Two photos that may be of one place. */
export interface PhotoLink {
  readonly first: number;
  readonly second: number;
  /** How alike they look, at most 1. */
  readonly similarity: number;
  /** Features of one that match the other's; undefined where none were looked at. */
  readonly matches: number | undefined;
}

/** What is known of photos that are to be paired. */
export interface PairingFacts {
  readonly count: number;
  readonly links: readonly PhotoLink[];
  /** Photos taken one after another, in order. */
  readonly sequences: readonly (readonly number[])[];
  /** How alike any two photos look. */
  readonly similarity: (first: number, second: number) => number;
}

/** Pairs `[first, second]`, first < second. */
export type Edge = readonly [first: number, second: number];

/** A graph of pairs that connects all photos. */
export interface PairGraphChoice {
  /** In ascending order. */
  readonly edges: readonly Edge[];
  /** Those that connect groups which neither matches nor sequences do. */
  readonly bridges: readonly Edge[];
  /** How many such groups there are. */
  readonly groups: number;
}

/** So many photos are all paired with each other, unless told otherwise. */
export const COMPLETE_UP_TO = 12;
/** Partners that a photo has, where so many match. */
export const PARTNERS = 10;
/** Partners that no more than a likeness speaks for are taken of a photo's so many strongest. */
const LIKELY_PARTNERS = 5;
/** No photo has more. */
export const MOST_PARTNERS = 14;
/** Photos of a sequence are paired with those so many steps ahead. */
const STEPS_AHEAD = [1, 2, 3] as const;
/** Photos that match are at most so many pairs apart, so that loops are closed. */
const MOST_HOPS = 4;
/** Fewer matches come about by chance: of photos of different generated places, one pair in 500 has them. */
export const LEAST_MATCHES = 8;

/** Whether features speak for a link. */
export function isMatched({ matches }: PhotoLink): boolean {
  return matches !== undefined && matches >= LEAST_MATCHES;
}

/**
 * About `PARTNERS` pairs for each photo, and `MOST_PARTNERS` at most: the next ones in its sequence; a spanner of the matching pairs,
 * the strongest first, in which photos that match are never far apart, so that walks that return to a place are closed there; and
 * the strongest of what is left. Groups that remain apart are joined by the photos most alike. It does not depend on the order
 * of links.
 */
export function choosePairGraph({ count, links, sequences, similarity }: PairingFacts): PairGraphChoice {
  const graph = new GrowingGraph(count);
  const byStrength = links.toSorted(compareLinks);
  const matched = byStrength.filter(isMatched);
  const looked = links.some(({ matches }) => matches !== undefined);
  for (const sequence of sequences) {
    for (const step of STEPS_AHEAD)
      for (let i = 0; i + step < sequence.length; i++) graph.add(sequence[i]!, sequence[i + step]!);
  }
  for (const { first, second } of looked ? matched : byStrength) {
    if (graph.degree(first) < PARTNERS && graph.degree(second) < PARTNERS && !graph.areWithin(first, second, MOST_HOPS))
      graph.add(first, second);
  }
  const groups = graph.components().length;
  const bridges = joinGroups(graph, similarity);
  // How many links of a photo are stronger.
  const stronger = new Uint32Array(count);
  for (const link of byStrength) {
    const { first, second } = link;
    const isLikely = Math.min(stronger[first]!++, stronger[second]!++) < LIKELY_PARTNERS;
    if (looked && !isMatched(link) && !isLikely) continue;
    if (graph.degree(first) < PARTNERS && graph.degree(second) < PARTNERS) graph.add(first, second);
  }
  return { edges: graph.edges(), bridges: bridges.sort(compareEdges), groups };
}

/** The strongest first: by matches, then by likeness. */
function compareLinks(a: PhotoLink, b: PhotoLink): number {
  const strength = Number(isMatched(b)) - Number(isMatched(a)) || (isMatched(a) ? b.matches! - a.matches! : 0);
  return strength || b.similarity - a.similarity || a.first - b.first || a.second - b.second;
}

function compareEdges(a: Edge, b: Edge): number {
  return a[0] - b[0] || a[1] - b[1];
}

/**
 * Joins groups, each in turn with the most alike photo of another, until there is one. Each such pair is secured by two more,
 * with the neighbors most alike: one pair alone cannot be checked by others.
 */
function joinGroups(graph: GrowingGraph, similarity: PairingFacts["similarity"]): Edge[] {
  const bridges: Edge[] = [];
  const bridge = (a: number, b: number): void => {
    if (graph.add(a, b)) bridges.push(a < b ? [a, b] : [b, a]);
  };
  for (;;) {
    const groups = graph.components();
    if (groups.length < 2) return bridges;
    // The largest waits to be joined.
    const joining = groups.toSorted((a, b) => a.length - b.length || a[0]! - b[0]!).slice(0, -1);
    for (const group of joining) {
      const pair = mostAlikeOutside(group, graph, similarity);
      if (pair === undefined || graph.areJoined(...pair)) continue;
      const secured = pair.map((photo, side) => {
        const open = graph.neighborsOf(photo).filter((other) => graph.degree(other) < MOST_PARTNERS - 2);
        return mostAlike(open, pair[1 - side]!, similarity);
      });
      bridge(...pair);
      for (const [side, photo] of secured.entries()) if (photo !== undefined) bridge(photo, pair[1 - side]!);
    }
  }
}

function mostAlikeOutside(
  group: readonly number[],
  graph: GrowingGraph,
  similarity: PairingFacts["similarity"],
): readonly [number, number] | undefined {
  const isOpen = (photo: number) => graph.degree(photo) < MOST_PARTNERS;
  const inside = new Set(group);
  let best: readonly [number, number] | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const photo of group.filter(isOpen)) {
    for (let other = 0; other < graph.count; other++) {
      if (inside.has(other) || !isOpen(other)) continue;
      const alike = similarity(photo, other);
      if (alike > most) [best, most] = [[photo, other], alike];
    }
  }
  return best;
}

function mostAlike(
  photos: readonly number[],
  photo: number,
  similarity: PairingFacts["similarity"],
): number | undefined {
  let best: number | undefined;
  for (const other of photos)
    if (best === undefined || similarity(photo, other) > similarity(photo, best)) best = other;
  return best;
}

/** A graph that edges are added to. */
class GrowingGraph {
  readonly count: number;
  readonly #neighbors: Set<number>[];
  readonly #groups: ReturnType<typeof growingComponents>;

  constructor(count: number) {
    this.count = count;
    this.#neighbors = Array.from({ length: count }, () => new Set<number>());
    this.#groups = growingComponents(count);
  }

  /** False where the edge is there already, or a photo has as many as it may. */
  add(a: number, b: number): boolean {
    const isFull = this.degree(a) >= MOST_PARTNERS || this.degree(b) >= MOST_PARTNERS;
    if (isFull || this.#neighbors[a]!.has(b)) return false;
    this.#neighbors[a]!.add(b);
    this.#neighbors[b]!.add(a);
    this.#groups.join(a, b);
    return true;
  }

  degree(photo: number): number {
    return this.#neighbors[photo]!.size;
  }

  neighborsOf(photo: number): readonly number[] {
    return [...this.#neighbors[photo]!].sort((a, b) => a - b);
  }

  areJoined(a: number, b: number): boolean {
    return this.#groups.areJoined(a, b);
  }

  components(): number[][] {
    return this.#groups.components();
  }

  /** Whether a path of at most `hops` edges leads from one photo to the other. */
  areWithin(from: number, to: number, hops: number): boolean {
    if (!this.areJoined(from, to)) return false;
    const seen = new Set([from]);
    let front = [from];
    for (let hop = 0; hop < hops; hop++) {
      const next: number[] = [];
      for (const photo of front) {
        for (const neighbor of this.#neighbors[photo]!) {
          if (neighbor === to) return true;
          if (seen.has(neighbor)) continue;
          seen.add(neighbor);
          next.push(neighbor);
        }
      }
      front = next;
    }
    return false;
  }

  edges(): Edge[] {
    return this.#neighbors.flatMap((_, photo) =>
      this.neighborsOf(photo).flatMap((other): Edge[] => (photo < other ? [[photo, other]] : [])),
    );
  }
}
