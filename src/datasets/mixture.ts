import { InputError } from "../core/errors.ts";
import { type Random, randomInteger, seededRandom } from "../core/random.ts";

/** How much of an epoch a set gives. */
export interface MixturePart {
  /** Pairs that the set has. */
  readonly pairs: number;
  /** Pairs of it in each epoch; a set with fewer is gone through more than once. */
  readonly perEpoch: number;
}

/** A pair of one of the sets. */
export interface MixturePair {
  /** Index of the part. */
  readonly set: number;
  readonly pair: number;
}

/** Of every set, in an epoch at 224 pixels, as published. */
export const PAPER_PAIRS_PER_EPOCH = 100_000;

/**
 * The pairs of an epoch, shuffled: of each set so many as its share says, none twice before all were taken, and others in
 * the next epoch. Depends on the seed and the epoch alone.
 */
export function epochPairs(parts: readonly MixturePart[], seed: number, epoch: number): MixtureEpoch {
  const empty = parts.findIndex(({ pairs }) => pairs < 1);
  if (parts.length === 0 || empty >= 0)
    throw new InputError("a mixture needs at least one set, and each of them pairs");
  const sets = new Uint8Array(parts.reduce((sum, { perEpoch }) => sum + perEpoch, 0));
  const pairs = new Uint32Array(sets.length);
  let at = 0;
  for (const [set, { pairs: count, perEpoch }] of parts.entries()) {
    const order = permutation(count, seededRandom(`mixture ${seed}/${epoch}/${set}`));
    for (let i = 0; i < perEpoch; i++, at++) {
      sets[at] = set;
      pairs[at] = order[i % count]!;
    }
  }
  const order = permutation(sets.length, seededRandom(`mixture ${seed}/${epoch}`));
  return { length: sets.length, at: (index) => ({ set: sets[order[index]!]!, pair: pairs[order[index]!]! }) };
}

/** An epoch's pairs by their place in it. */
export interface MixtureEpoch {
  readonly length: number;
  at(index: number): MixturePair;
}

/** 0 … count - 1 in random order (Fisher and Yates). */
function permutation(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
