import { InputError } from "../core/errors.ts";
import type { PairChoice } from "./choose-pairs.ts";

/** A choice of pairs by indices into all photos, as one by indices into those that are left of them: `kept`, in order. */
export function pairsWithout(choice: PairChoice, kept: readonly number[]): PairChoice {
  const now = new Map(kept.map((photo, i) => [photo, i]));
  if (choice.kind === "star") {
    const center = now.get(choice.center);
    if (center !== undefined) return { ...choice, center };
    // One that was never there is for the graph to refuse.
    if (kept.every((photo, i) => photo === i)) return choice;
    throw new InputError(`photo ${choice.center}, which all others were to be paired with, is left out`);
  }
  if (choice.kind !== "list") return choice;
  const pairs = choice.pairs.flatMap((pair) => {
    const [view1, view2] = [now.get(pair.view1), now.get(pair.view2)];
    return view1 === undefined || view2 === undefined ? [] : [{ view1, view2 }];
  });
  return { ...choice, pairs };
}
