import { growingComponents } from "../core/connected-components.ts";
import { pairLinks } from "./pair-scales.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Photos of which features do not tell how large what they show is beside what the others show. */
export interface LoosePart {
  readonly photos: readonly number[];
  /** The one photo by which they are joined to others. */
  readonly hinge: number;
}

/**
 * The parts of photos that single photos join. Pairs that triangulate common features fix the ratio of their lengths, and so do parts
 * that share two photos or close a ring; across one photo without such features, it is free, and remains what the network made of it.
 */
export function looseParts(photos: readonly PosedPhoto[], pairs: readonly VerifiedPair[]): readonly LoosePart[] {
  const linked = growingComponents(pairs.length);
  for (const { pair1, pair2 } of pairLinks(photos, pairs)) linked.join(pair1, pair2);
  const parts = linked.components().map((members) => photosOf(members.map((i) => pairs[i]!)));
  // Nodes are the photos, then the parts; each part has an edge to each of its photos.
  const edges = parts.flatMap((members, part) => members.map((photo) => [photo, photos.length + part] as const));
  const rigid = growingComponents(photos.length + parts.length);
  for (const [photo, part] of withoutBridges(photos.length + parts.length, edges)) rigid.join(photo, part);
  const groups = new Map<number[], Set<number>>();
  for (const nodes of rigid.components()) {
    const members = nodes.filter((node) => node >= photos.length).flatMap((node) => parts[node - photos.length]!);
    if (members.length > 0) groups.set(nodes, new Set(members));
  }
  const [largest, ...others] = [...groups.values()].sort((a, b) => b.size - a.size);
  const settled = new Set(largest);
  const loose: LoosePart[] = [];
  // Those that hang on what is settled first, then those that hang on these.
  for (let rest = others; rest.length > 0; ) {
    const next = rest.find((group) => [...group].some((photo) => settled.has(photo)));
    if (next === undefined) break;
    rest = rest.filter((group) => group !== next);
    const hinge = [...next].find((photo) => settled.has(photo))!;
    const own = [...next].filter((photo) => !settled.has(photo)).sort((a, b) => a - b);
    if (own.length > 0) loose.push({ photos: own, hinge });
    for (const photo of own) settled.add(photo);
  }
  return loose;
}

function photosOf(pairs: readonly VerifiedPair[]): number[] {
  return [...new Set(pairs.flatMap(({ photo1, photo2 }) => [photo1, photo2]))];
}

type Edge = readonly [number, number];

/** The edges of a graph without those that alone join two sides of it (Tarjan 1974). */
function withoutBridges(count: number, edges: readonly Edge[]): readonly Edge[] {
  const edgesAt = Array.from({ length: count }, (): number[] => []);
  for (const [k, [a, b]] of edges.entries()) {
    edgesAt[a]!.push(k);
    edgesAt[b]!.push(k);
  }
  const visits = new Int32Array(count).fill(-1);
  /** The earliest visit that a node's subtree reaches besides by the edge that led to it. */
  const lows = new Int32Array(count);
  const isBridge = new Uint8Array(edges.length);
  let time = 0;
  const visit = (node: number, by: number): void => {
    visits[node] = lows[node] = time++;
    for (const k of edgesAt[node]!) {
      if (k === by) continue;
      const [a, b] = edges[k]!;
      const next = a === node ? b : a;
      if (visits[next] === -1) {
        visit(next, k);
        lows[node] = Math.min(lows[node]!, lows[next]!);
        if (lows[next]! > visits[node]!) isBridge[k] = 1;
      } else lows[node] = Math.min(lows[node]!, visits[next]!);
    }
  };
  for (let node = 0; node < count; node++) if (visits[node] === -1) visit(node, -1);
  return edges.filter((_, k) => isBridge[k] === 0);
}
