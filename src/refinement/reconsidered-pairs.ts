import type { Bundle } from "../adjustment/bundle.ts";
import { growingComponents } from "../core/connected-components.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import { comparedPhoto, compareMatches } from "./compare-photos.ts";
import { pointsOfFeatures } from "./points-of-features.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** A pair of which adjusted cameras explain a smaller share of the matches is in doubt. */
const LEAST_KEPT = 0.5;

/** Pairs to adjust again with. */
export interface ReconsideredPairs {
  readonly pairs: readonly VerifiedPair[];
  /** True where pairs were verified once more; else those in doubt were merely left out. */
  readonly isFresh: boolean;
}

/**
 * The pairs as adjusted cameras have them, without those of which these explain few of the matches: what is left of their matches bends
 * the others. Such pairs that alone join what the others leave apart are verified once more with the focal lengths that are known now:
 * where the focal length was far off at first, so was the pose, and adjustment does not always get from there to the right one.
 * Undefined where no pair is in doubt.
 */
export function reconsideredPairs(
  pairs: readonly VerifiedPair[],
  photos: readonly PosedPhoto[],
  bundle: Bundle,
): ReconsideredPairs | undefined {
  const inDoubt = unexplainedPairs(pairs, photos, bundle);
  if (!inDoubt.includes(true)) return undefined;
  const focalOf = (photo: number) => {
    const { fx, fy } = bundle.cameras[bundle.photos[photo]!.camera]!;
    return Math.sqrt(fx * fy);
  };
  const compared = (photo: number) =>
    comparedPhoto({ ...photos[photo]!, focal: { focal: focalOf(photo), logSigma: 0 } });
  const asAdjusted = (pair: VerifiedPair): VerifiedPair => {
    const { photo1, photo2 } = pair;
    const [camFromWorld1, camFromWorld2] = [bundle.photos[photo1]!.camFromWorld, bundle.photos[photo2]!.camFromWorld];
    const cam2FromCam1 = composePoses(camFromWorld2, invertRigid(camFromWorld1));
    return { ...pair, cam2FromCam1, focal1: focalOf(photo1), focal2: focalOf(photo2) };
  };
  const joined = growingComponents(photos.length);
  for (const [i, { photo1, photo2 }] of pairs.entries()) if (!inDoubt[i]) joined.join(photo1, photo2);
  const again = pairs.flatMap((pair, i) => {
    if (!inDoubt[i]) return asAdjusted(pair);
    const { photo1, photo2, matches } = pair;
    if (joined.areJoined(photo1, photo2)) return [];
    const found = compareMatches(compared(photo1), compared(photo2), { matches, seed: `again ${photo1} ${photo2}` });
    return found === undefined ? [] : { photo1, photo2, ...found };
  });
  return { pairs: again, isFresh: joined.components().length > 1 };
}

/** By pair, whether the bundle explains few of its matches. */
export function unexplainedPairs(
  pairs: readonly VerifiedPair[],
  photos: readonly PosedPhoto[],
  bundle: Bundle,
): readonly boolean[] {
  const explained = explainedMatches(pairs, photos, bundle);
  return pairs.map(({ matches }, i) => explained[i]! < LEAST_KEPT * (matches.length / 2));
}

/** By pair, how many of its matches show one point of the bundle. */
function explainedMatches(pairs: readonly VerifiedPair[], photos: readonly PosedPhoto[], bundle: Bundle): number[] {
  const pointOf = pointsOfFeatures(bundle, photos);
  return pairs.map(({ photo1, photo2, matches }) => {
    let explained = 0;
    for (let k = 0; k < matches.length; k += 2) {
      const first = pointOf(photo1, matches[k]!);
      if (first !== undefined && first === pointOf(photo2, matches[k + 1]!)) explained++;
    }
    return explained;
  });
}
