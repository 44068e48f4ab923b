import { connectedGroups as groupsOf } from "../core/connected-groups.ts";
import type { SelectedPair } from "./selected-pair.ts";

/** The groups of photos that hang together by pairs, each in order, the largest first; a photo without a pair is one alone. */
export function connectedGroups(count: number, pairs: readonly SelectedPair[]): readonly (readonly number[])[] {
  const edges = pairs.map(({ first, second }) => [first, second] as const);
  return groupsOf(count, edges).sort((a, b) => b.length - a.length);
}
