import type { ComparedPhoto } from "./compare-photos.ts";
import { type VerifiedPair, type VerifyPairsOptions, verifyPairs } from "./verify-pairs.ts";

/** Where what was found of pairs is kept, by their photos' indices. */
export interface PairMemory {
  /** What was found of a pair, null where nothing was verified; undefined for a pair that is not known. */
  recall(photo1: number, photo2: number): Promise<VerifiedPair | null | undefined>;
  keep(photo1: number, photo2: number, found: VerifiedPair | null): Promise<void>;
}

/** The memory of photos with what is known of them now. */
export type MemoryOf = (photos: readonly ComparedPhoto[]) => Promise<PairMemory>;

/** As `verifyPairs`; only pairs that a memory does not know are compared, and each is kept as soon as it was. */
export async function verifyUnknownPairs(
  photos: readonly ComparedPhoto[],
  pairs: readonly (readonly [photo1: number, photo2: number])[],
  {
    memory,
    seed,
    workers,
    onProgress,
    signal,
  }: Omit<VerifyPairsOptions, "onPair"> & { readonly memory?: PairMemory | undefined },
): Promise<VerifiedPair[]> {
  const known: (VerifiedPair | null | undefined)[] = [];
  for (const [photo1, photo2] of pairs) known.push(await memory?.recall(photo1, photo2));
  const unknown = pairs.filter((_, i) => known[i] === undefined);
  const [total, reused] = [pairs.length, pairs.length - unknown.length];
  if (reused > 0) onProgress?.({ stage: "refine", done: reused, total, reused });
  const found = await verifyPairs(photos, unknown, {
    seed,
    workers,
    signal,
    onPair: async (index, pair) => memory?.keep(...unknown[index]!, pair ?? null),
    onProgress: (event) => onProgress?.({ ...event, done: event.done + reused, total, reused }),
  });
  const verified = [...known.flatMap((pair) => pair ?? []), ...found];
  return verified.sort((a, b) => a.photo1 - b.photo1 || a.photo2 - b.photo2);
}
