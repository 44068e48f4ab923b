import { deserialize } from "node:v8";
import { storedPairs } from "../../pipeline/stored-pairs.ts";
import type { ComparedPhoto } from "../../refinement/compare-photos.ts";
import { verifyUnknownPairs } from "../../refinement/pair-memory.ts";
import { needed } from "../stored-priors.ts";
import type { TaskKind } from "../task-kind.ts";
import type { PlacedPhoto } from "./place-photos.ts";

/** Pairs of photos whose features are to be compared. */
export interface VerifyPairsInput {
  /** Those of the pairs, and no others, each with its place among all photos. */
  readonly photos: readonly (PlacedPhoto & { readonly place: number })[];
  /** Places. */
  readonly pairs: readonly (readonly [photo1: number, photo2: number])[];
  readonly seed: number | string | undefined;
}

/** What verification says of pairs of photos, left in the store, where refinement looks for it. */
export const verifyPairs: TaskKind<VerifyPairsInput, null> = {
  name: "verify",
  stage: "refine",
  version: 1,
  items: ({ pairs }) => pairs.length,
  photos: ({ photos }) => photos.map(({ name }) => name),
  async run({ photos, pairs, seed }, { store, onProgress, signal }) {
    // At their places, for these name pairs; others are not looked at.
    const placed: ComparedPhoto[] = [];
    for (const { place, key } of photos) placed[place] = deserialize(await needed(store, key));
    await verifyUnknownPairs(placed, pairs, {
      memory: await storedPairs(store, placed, seed),
      seed,
      onProgress,
      signal,
    });
    return null;
  },
  parts: {
    slice: (input, from, to) => withPairs(input, input.pairs.slice(from, to)),
    join: () => null,
  },
};

/** Some of the pairs, with the photos that they are of. */
export function withPairs(input: VerifyPairsInput, pairs: VerifyPairsInput["pairs"]): VerifyPairsInput {
  const used = new Set(pairs.flat());
  return { ...input, photos: input.photos.filter(({ place }) => used.has(place)), pairs };
}
