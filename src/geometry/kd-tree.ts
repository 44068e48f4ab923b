/**
 * Points sorted into nested cells, for searches by distance. Nodes are numbered depth first: the first child of an inner
 * node follows it. Without points there are no nodes.
 */
export interface KdTree {
  /** `[count, 3]`, the finite ones of the points given, sorted so that the points of a node are consecutive. */
  readonly points: Float32Array;
  /** `[count]`, the place of each in the list given. */
  readonly indices: Uint32Array;
  /** `[nodes]`, where each node's points start and end. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** `[nodes]`, the second child of an inner node; 0 for leaves. */
  readonly secondChildren: Uint32Array;
  /** `[nodes]`, the plane that splits an inner node: the first child is up to it, the second from there on. */
  readonly axes: Uint8Array;
  readonly planes: Float64Array;
  /** `[nodes, 6]`, the box around the points of a node: least x, y, z, then largest. */
  readonly boxes: Float32Array;
  /** `[nodes]`, the lowest of a node's `indices`. */
  readonly lowestIndices: Uint32Array;
}

/** Levels a tree over float32 numbers can have: each halves one of three extents, or a number of equal points. */
export const MAX_DEPTH: number = 3 * (128 + 149) + 32;

const LEAF_SIZE = 32;

/** Least x, y, z and largest. */
type Box = [number, number, number, number, number, number];

/** Two parts of a cell, and where the points of the second start. */
interface Split {
  readonly axis: number;
  readonly plane: number;
  readonly middle: number;
  readonly first: Box;
  readonly second: Box;
}

/**
 * A tree over the finite ones of `points` `[n, 3]`. Cells are halved across their longest side, which keeps them near
 * to cubes, and shrunk to their points where one half is empty, so that points far away cost little.
 */
export function buildKdTree(points: Float32Array): KdTree {
  const indices = finiteIndices(points);
  const count = indices.length;
  const sorted = new Float32Array(3 * count);
  for (let slot = 0; slot < count; slot++) {
    for (let k = 0; k < 3; k++) sorted[3 * slot + k] = points[3 * indices[slot]! + k]!;
  }
  const maxNodes = 2 * count;
  const tree = {
    points: sorted,
    indices,
    starts: new Uint32Array(maxNodes),
    ends: new Uint32Array(maxNodes),
    secondChildren: new Uint32Array(maxNodes),
    axes: new Uint8Array(maxNodes),
    planes: new Float64Array(maxNodes),
    boxes: new Float32Array(6 * maxNodes),
    lowestIndices: new Uint32Array(maxNodes),
  };
  if (count > 0) addNode(tree, 0, { start: 0, end: count, cell: boxAround(sorted, 0, count) });
  return tree;
}

interface Range {
  readonly start: number;
  readonly end: number;
  readonly cell: Box;
}

/** Writes a node and all below it; gives the number of the node that follows. */
function addNode(tree: KdTree, node: number, { start, end, cell }: Range): number {
  tree.starts[node] = start;
  tree.ends[node] = end;
  if (end - start <= LEAF_SIZE) {
    tree.boxes.set(boxAround(tree.points, start, end), 6 * node);
    tree.lowestIndices[node] = lowest(tree.indices, start, end);
    return node + 1;
  }
  const { axis, plane, middle, first, second } = split(tree, start, end, cell);
  tree.axes[node] = axis;
  tree.planes[node] = plane;
  const secondChild = addNode(tree, node + 1, { start, end: middle, cell: first });
  tree.secondChildren[node] = secondChild;
  const next = addNode(tree, secondChild, { start: middle, end, cell: second });
  tree.lowestIndices[node] = Math.min(tree.lowestIndices[node + 1]!, tree.lowestIndices[secondChild]!);
  boxAroundChildren(tree.boxes, node, secondChild);
  return next;
}

function boxAroundChildren(boxes: Float32Array, node: number, secondChild: number): void {
  const [own, first, second] = [6 * node, 6 * (node + 1), 6 * secondChild];
  for (let k = 0; k < 3; k++) {
    boxes[own + k] = Math.min(boxes[first + k]!, boxes[second + k]!);
    boxes[own + k + 3] = Math.max(boxes[first + k + 3]!, boxes[second + k + 3]!);
  }
}

function split(tree: KdTree, start: number, end: number, cell: Box): Split {
  const axis = longestSide(cell);
  const plane = (cell[axis]! + cell[axis + 3]!) / 2;
  const middle = partition(tree, { start, end, axis, plane });
  if (middle > start && middle < end) {
    const [x, y, z, farX, farY, farZ] = cell;
    const first: Box = [x, y, z, axis === 0 ? plane : farX, axis === 1 ? plane : farY, axis === 2 ? plane : farZ];
    const second: Box = [axis === 0 ? plane : x, axis === 1 ? plane : y, axis === 2 ? plane : z, farX, farY, farZ];
    return { axis, plane, middle, first, second };
  }
  const box = boxAround(tree.points, start, end);
  const longest = longestSide(box);
  if (box[longest]! < box[longest + 3]!) return split(tree, start, end, box);
  // Equal points: nothing to tell them apart but their number.
  return { axis: 0, plane: box[0], middle: (start + end) >> 1, first: box, second: box };
}

function longestSide(box: Box): number {
  const [x, y, z] = [box[3] - box[0], box[4] - box[1], box[5] - box[2]];
  return x >= y && x >= z ? 0 : y >= z ? 1 : 2;
}

/** Moves the points up to a plane before those beyond it; gives the start of the latter. */
function partition(
  { points, indices }: KdTree,
  { start, end, axis, plane }: { start: number; end: number; axis: number; plane: number },
): number {
  let low = start;
  let high = end - 1;
  while (true) {
    while (low <= high && points[3 * low + axis]! <= plane) low++;
    while (low <= high && points[3 * high + axis]! > plane) high--;
    if (low > high) return low;
    const index = indices[low]!;
    indices[low] = indices[high]!;
    indices[high] = index;
    for (let k = 0; k < 3; k++) {
      const x = points[3 * low + k]!;
      points[3 * low + k] = points[3 * high + k]!;
      points[3 * high + k] = x;
    }
  }
}

function boxAround(points: Float32Array, start: number, end: number): Box {
  let [minX, minY, minZ] = [Infinity, Infinity, Infinity];
  let [maxX, maxY, maxZ] = [-Infinity, -Infinity, -Infinity];
  for (let i = 3 * start; i < 3 * end; i += 3) {
    const x = points[i]!;
    const y = points[i + 1]!;
    const z = points[i + 2]!;
    if (x < minX) minX = x;
    if (y < minY) minY = y;
    if (z < minZ) minZ = z;
    if (x > maxX) maxX = x;
    if (y > maxY) maxY = y;
    if (z > maxZ) maxZ = z;
  }
  return [minX, minY, minZ, maxX, maxY, maxZ];
}

function lowest(indices: Uint32Array, start: number, end: number): number {
  let least = indices[start]!;
  for (let slot = start + 1; slot < end; slot++) if (indices[slot]! < least) least = indices[slot]!;
  return least;
}

function finiteIndices(points: Float32Array): Uint32Array {
  const indices = new Uint32Array(points.length / 3);
  let count = 0;
  for (let i = 0; i < indices.length; i++) {
    if (Number.isFinite(points[3 * i]! + points[3 * i + 1]! + points[3 * i + 2]!)) indices[count++] = i;
  }
  return indices.slice(0, count);
}
