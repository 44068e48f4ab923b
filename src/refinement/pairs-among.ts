import type { VerifiedPair } from "./verify-pairs.ts";

/** The place of each of some photos among them. */
export function placesOf(members: readonly number[]): ReadonlyMap<number, number> {
  return new Map(members.map((photo, place) => [photo, place]));
}

/** The pairs of photos that are both among some, with their places there. */
export function pairsAmong(pairs: readonly VerifiedPair[], places: ReadonlyMap<number, number>): VerifiedPair[] {
  return pairs.flatMap((pair) => {
    const [photo1, photo2] = [places.get(pair.photo1), places.get(pair.photo2)];
    return photo1 === undefined || photo2 === undefined ? [] : [{ ...pair, photo1, photo2 }];
  });
}
