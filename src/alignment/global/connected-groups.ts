import type { ViewPair } from "../../core/view.ts";

/** The sets of two or more nodes that edges connect, each in ascending order, by their smallest node. */
export function connectedGroups(count: number, edges: readonly ViewPair[]): number[][] {
  const groupOf = Array.from({ length: count }, (_, node) => node);
  for (const { view1, view2 } of edges) {
    const [kept, merged] = [groupOf[view1]!, groupOf[view2]!];
    for (let node = 0; node < count; node++) if (groupOf[node] === merged) groupOf[node] = kept;
  }
  const groups = new Map<number, number[]>();
  groupOf.forEach((group, node) => {
    groups.set(group, [...(groups.get(group) ?? []), node]);
  });
  return [...groups.values()].filter((nodes) => nodes.length > 1);
}
