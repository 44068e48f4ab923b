import { connectedGroups as groupsOf } from "../../core/connected-groups.ts";
import type { ViewPair } from "../../core/view.ts";

/** The sets of two or more nodes that edges connect, each in ascending order, by their smallest node. */
export function connectedGroups(count: number, edges: readonly ViewPair[]): number[][] {
  const groups = groupsOf(
    count,
    edges.map(({ view1, view2 }) => [view1, view2] as const),
  );
  return groups.filter((nodes) => nodes.length > 1);
}
