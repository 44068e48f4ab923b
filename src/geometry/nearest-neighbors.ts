import { buildKdTree, type KdTree, MAX_DEPTH } from "./kd-tree.ts";

/** Stands in a list of indices for a point without a neighbor. */
export const NO_NEIGHBOR = 0xffffffff;

/** The nearest of some points to each of some queries. */
export interface NearestNeighbors {
  /** `[queries]`, indices of points; `NO_NEIGHBOR` for queries that are not finite, or where there are no points. */
  readonly indices: Uint32Array;
  /** `[queries]`, infinite where there is no neighbor. */
  readonly squaredDistances: Float64Array;
}

/** Pairs of points that are each other's nearest neighbors. */
export interface MutualNeighbors {
  /** `[count]`, ascending. */
  readonly indices1: Uint32Array;
  /** `[count]` */
  readonly indices2: Uint32Array;
}

/**
 * For each of `queries` `[n, 3]` the nearest of `points` `[m, 3]` in Euclidean distance, exactly; of several equally
 * near the first. Points that are not finite are no one's neighbor.
 */
export function nearestNeighbors(queries: Float32Array, points: Float32Array): NearestNeighbors {
  const queryTree = buildKdTree(queries);
  const pointTree = buildKdTree(points);
  const found = nothingFound(queryTree.indices.length);
  search(queryTree, pointTree, found);
  const indices = new Uint32Array(queries.length / 3).fill(NO_NEIGHBOR);
  const squaredDistances = new Float64Array(indices.length).fill(Infinity);
  for (let slot = 0; slot < found.slots.length; slot++) {
    const query = queryTree.indices[slot]!;
    indices[query] = pointTree.indices[found.slots[slot]!] ?? NO_NEIGHBOR;
    squaredDistances[query] = found.squaredDistances[slot]!;
  }
  return { indices, squaredDistances };
}

/**
 * The pairs among `points1` `[n, 3]` and `points2` `[m, 3]` of which each is the other's nearest neighbor, as
 * `nearestNeighbors` finds it: section 3.3 of the paper for two pointmaps in one frame.
 */
export function mutualNearestNeighbors(points1: Float32Array, points2: Float32Array): MutualNeighbors {
  const tree1 = buildKdTree(points1);
  const tree2 = buildKdTree(points2);
  const forward = nothingFound(tree1.indices.length);
  search(tree1, tree2, forward);
  const backward = nearestChoosers(tree1, forward, tree2.indices.length);
  search(tree2, tree1, backward);

  const partners = new Uint32Array(points1.length / 3).fill(NO_NEIGHBOR);
  for (let slot1 = 0; slot1 < forward.slots.length; slot1++) {
    const slot2 = forward.slots[slot1]!;
    if (backward.slots[slot2] === slot1) partners[tree1.indices[slot1]!] = tree2.indices[slot2]!;
  }
  const indices1 = new Uint32Array(partners.length);
  let count = 0;
  for (let i = 0; i < partners.length; i++) if (partners[i] !== NO_NEIGHBOR) indices1[count++] = i;
  const paired = indices1.slice(0, count);
  return { indices1: paired, indices2: paired.map((i) => partners[i]!) };
}

/** Neighbors by their places in the two trees: the slot of the best point known for each query's slot. */
interface Found {
  readonly slots: Uint32Array;
  /** Infinite where there is none yet; negative for queries that are not to be searched for. */
  readonly squaredDistances: Float64Array;
}

function nothingFound(count: number): Found {
  return { slots: new Uint32Array(count).fill(NO_NEIGHBOR), squaredDistances: new Float64Array(count).fill(Infinity) };
}

/**
 * Initial guesses for the reverse search: for each point the nearest of those that chose it, the first of equals, which
 * prunes most of the search. A point that none chose is in no pair, and not searched for.
 */
function nearestChoosers(choosing: KdTree, { slots, squaredDistances }: Found, count: number): Found {
  const choosers = nothingFound(count);
  choosers.squaredDistances.fill(-1);
  for (let slot = 0; slot < slots.length; slot++) {
    const chosen = slots[slot]!;
    const rival = choosers.slots[chosen];
    if (rival === undefined) continue;
    const difference = rival === NO_NEIGHBOR ? -1 : squaredDistances[slot]! - choosers.squaredDistances[chosen]!;
    if (difference < 0 || (difference === 0 && choosing.indices[slot]! < choosing.indices[rival]!)) {
      choosers.slots[chosen] = slot;
      choosers.squaredDistances[chosen] = squaredDistances[slot]!;
    }
  }
  return choosers;
}

/**
 * Replaces what is known of each query by its nearest point, where that is nearer or as near and lower in index: down to the
 * query's own leaf, then to every other that can hold a nearer point. Boxes and not the cells decide, since points of a surface
 * leave most of a cell empty. Queries come in the order of their own tree: each starts from its neighbor's answer.
 */
function search(queries: KdTree, tree: KdTree, { slots, squaredDistances }: Found): void {
  const { points, indices, starts, ends, secondChildren, axes, planes, lowestIndices } = tree;
  if (indices.length === 0) return;
  /** Nodes still to be visited, and the squared distances of their boxes. */
  const nodes = new Uint32Array(MAX_DEPTH);
  const gaps = new Float64Array(MAX_DEPTH);
  let previous = 0;
  for (let query = 0; query < slots.length; query++) {
    let known = squaredDistances[query]!;
    if (known < 0) continue;
    const x = queries.points[3 * query]!;
    const y = queries.points[3 * query + 1]!;
    const z = queries.points[3 * query + 2]!;
    let nearest = slots[query]!;
    if (nearest === NO_NEIGHBOR) {
      nearest = previous;
      const dx = points[3 * nearest]! - x;
      const dy = points[3 * nearest + 1]! - y;
      const dz = points[3 * nearest + 2]! - z;
      known = dx * dx + dy * dy + dz * dz;
    }
    let depth = 1;
    nodes[0] = 0;
    gaps[0] = 0;
    while (depth > 0) {
      let node = nodes[--depth]!;
      const gap = gaps[depth]!;
      if (gap > known || (gap === known && lowestIndices[node]! >= indices[nearest]!)) continue;
      for (let second = secondChildren[node]!; second !== 0; second = secondChildren[node]!) {
        const axis = axes[node]!;
        const offset = (axis === 0 ? x : axis === 1 ? y : z) - planes[node]!;
        const far = offset > 0 ? node + 1 : second;
        node = offset > 0 ? second : node + 1;
        if (offset * offset > known) continue;
        const farGap = boxGap(tree, far, x, y, z);
        if (farGap > known) continue;
        nodes[depth] = far;
        gaps[depth] = farGap;
        depth++;
      }
      if (boxGap(tree, node, x, y, z) > known) continue;
      const end = ends[node]!;
      for (let slot = starts[node]!; slot < end; slot++) {
        const dx = points[3 * slot]! - x;
        const dy = points[3 * slot + 1]! - y;
        const dz = points[3 * slot + 2]! - z;
        const squared = dx * dx + dy * dy + dz * dz;
        if (squared < known || (squared === known && indices[slot]! < indices[nearest]!)) {
          known = squared;
          nearest = slot;
        }
      }
    }
    slots[query] = nearest;
    squaredDistances[query] = known;
    previous = nearest;
  }
}

/** The squared distance from a point to the box of a node. */
function boxGap({ boxes }: KdTree, node: number, x: number, y: number, z: number): number {
  const box = 6 * node;
  const gapX = twicePositive(boxes[box]! - x) + twicePositive(x - boxes[box + 3]!);
  const gapY = twicePositive(boxes[box + 1]! - y) + twicePositive(y - boxes[box + 4]!);
  const gapZ = twicePositive(boxes[box + 2]! - z) + twicePositive(z - boxes[box + 5]!);
  return (gapX * gapX + gapY * gapY + gapZ * gapZ) / 4;
}

/** `2 max(x, 0)`, without a branch that the processor would guess wrongly half of the time. */
function twicePositive(x: number): number {
  return x + Math.abs(x);
}
