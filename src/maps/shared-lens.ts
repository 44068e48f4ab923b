import type { KnownLens } from "../core/known-lens.ts";
import type { PosedMap } from "./posed-map.ts";

/** The lens of a map's photos whose lines are bent, where all of them are of one; undefined otherwise. */
export function sharedLens({ photos }: Pick<PosedMap, "photos">): KnownLens | undefined {
  const [first] = photos;
  if (first?.lens?.size === undefined) return undefined;
  const text = JSON.stringify(first.lens);
  return photos.every(({ lens }) => JSON.stringify(lens) === text) ? { ...first.lens, ofCopies: false } : undefined;
}
