import { highest, similarities } from "./descriptor-similarity.ts";
import type { SelectedPair } from "./selected-pair.ts";

/** Partners of an image by default. */
export const DEFAULT_PARTNERS = 20;

/**
 * Pairs of images that look alike, by their descriptors `[dim]`: each image with the `partners` most like it, and,
 * where that leaves groups without a pair between them, the most alike of any two groups, until all images are
 * connected. Pairs come once, the most alike first.
 */
export function pairsByRetrieval(descriptors: readonly Float32Array[], partners: number): readonly SelectedPair[] {
  const count = descriptors.length;
  const similarity = similarities(descriptors, descriptors);
  const pairs = new Map<number, SelectedPair>();
  const add = (i: number, j: number): void => {
    const [first, second] = [Math.min(i, j), Math.max(i, j)];
    pairs.set(first * count + second, { first, second, score: similarity[first * count + second]! });
  };
  for (let i = 0; i < count; i++) {
    const row = similarity.slice(i * count, (i + 1) * count);
    row[i] = Number.NEGATIVE_INFINITY;
    for (const j of highest(row, Math.min(partners, count - 1))) add(i, j);
  }
  connect(count, [...pairs.values()], similarity, add);
  return [...pairs.values()].sort((a, b) => b.score - a.score || a.first - b.first || a.second - b.second);
}

/** Joins the group of image 0 with the image outside of it that is most like one inside, until none is outside. */
function connect(
  count: number,
  pairs: readonly SelectedPair[],
  similarity: Float32Array,
  add: (i: number, j: number) => void,
): void {
  const neighbors = Array.from({ length: count }, (): number[] => []);
  for (const { first, second } of pairs) {
    neighbors[first]!.push(second);
    neighbors[second]!.push(first);
  }
  const joined = new Uint8Array(count);
  // For each image outside, the one inside that is most like it.
  const nearest = new Int32Array(count).fill(-1);
  const join = (start: number): void => {
    const waiting = [start];
    joined[start] = 1;
    for (let image = waiting.pop(); image !== undefined; image = waiting.pop()) {
      for (let other = 0; other < count; other++) {
        const best = nearest[other]!;
        if (best < 0 || similarity[other * count + image]! > similarity[other * count + best]!) nearest[other] = image;
      }
      for (const neighbor of neighbors[image]!) {
        if (joined[neighbor] === 0) waiting.push(neighbor);
        joined[neighbor] = 1;
      }
    }
  };
  if (count > 0) join(0);
  for (;;) {
    let next = -1;
    for (let image = 0; image < count; image++) {
      if (joined[image] === 1) continue;
      const score = similarity[image * count + nearest[image]!]!;
      if (next < 0 || score > similarity[next * count + nearest[next]!]!) next = image;
    }
    if (next < 0) return;
    add(next, nearest[next]!);
    join(next);
  }
}
