import type { SelectedPair } from "./selected-pair.ts";

/** The groups of photos that hang together by pairs, each in order, the largest first; a photo without a pair is one alone. */
export function connectedGroups(count: number, pairs: readonly SelectedPair[]): readonly (readonly number[])[] {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const root = (photo: number): number => {
    let top = photo;
    while (parent[top] !== top) top = parent[top]!;
    for (let at = photo; at !== top; ) {
      const next = parent[at]!;
      parent[at] = top;
      at = next;
    }
    return top;
  };
  for (const { first, second } of pairs) parent[root(first)] = root(second);
  const groups = new Map<number, number[]>();
  for (let photo = 0; photo < count; photo++) {
    const group = groups.get(root(photo));
    if (group === undefined) groups.set(root(photo), [photo]);
    else group.push(photo);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}
