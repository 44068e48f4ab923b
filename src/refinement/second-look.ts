import { unorderedPairKey } from "../core/unordered-pair.ts";
import { agreedFocals } from "./agreed-focals.ts";
import { comparedPhoto } from "./compare-photos.ts";
import { type MemoryOf, verifyUnknownPairs } from "./pair-memory.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair, VerifyPairsOptions } from "./verify-pairs.ts";

/** In standard deviations of what pairs agree on: a pair whose focal length is farther off is looked at again, and then believed no more. */
const LOOK_AGAIN = 2;
const MOST_DEVIATION = 3;

/** How pairs are verified again. */
export interface SecondLookOptions extends Omit<VerifyPairsOptions, "onPair"> {
  readonly memoryOf?: MemoryOf | undefined;
}

/**
 * The pairs, those that contradict the focal length on which others agree verified once more with that known, and those with several
 * explanations or but a plane, too. What still contradicts is ambiguous.
 */
export async function secondLook(
  photos: readonly PosedPhoto[],
  verified: readonly VerifiedPair[],
  { memoryOf, ...options }: SecondLookOptions = {},
): Promise<readonly VerifiedPair[]> {
  const agreed = agreedFocals(photos, verified);
  if (agreed.size === 0) return verified;
  const known = photos.map((photo) => comparedPhoto({ ...photo, focal: agreed.get(photo.camera) ?? photo.focal }));
  const deviation = ({ photo1, photo2, focal1, focal2 }: VerifiedPair) =>
    Math.max(
      ...(
        [
          [photo1, focal1],
          [photo2, focal2],
        ] as const
      ).map(([photo, focal]) => {
        const expected = agreed.get(photos[photo]!.camera);
        return expected === undefined ? 0 : Math.abs(Math.log(focal / expected.focal)) / expected.logSigma;
      }),
    );
  const isInDoubt = (pair: VerifiedPair) =>
    (agreed.has(photos[pair.photo1]!.camera) || agreed.has(photos[pair.photo2]!.camera)) &&
    (pair.verdict === "ambiguous" || (pair.verdict !== "rotation" && deviation(pair) > LOOK_AGAIN));
  const inDoubt = verified.filter(isInDoubt);
  const pairs = inDoubt.map(({ photo1, photo2 }) => [photo1, photo2] as const);
  if (pairs.length === 0) return verified;
  const again = await verifyUnknownPairs(known, pairs, { ...options, memory: await memoryOf?.(known) });
  const found = new Map(again.map((pair) => [unorderedPairKey(pair.photo1, pair.photo2), pair]));
  return verified.map((pair) => {
    if (!isInDoubt(pair)) return pair;
    const looked = found.get(unorderedPairKey(pair.photo1, pair.photo2)) ?? pair;
    return deviation(looked) > MOST_DEVIATION ? { ...looked, verdict: "ambiguous" } : looked;
  });
}
