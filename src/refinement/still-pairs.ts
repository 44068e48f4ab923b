import { growingComponents } from "../core/connected-components.ts";
import { composePoses, invertRigid, translationOf } from "../geometry/pose.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Of the way that the network sees between two photos, features see less than this where a pattern misleads them. */
const STILL = 0.25;

/**
 * The pairs without those of which features say that the camera stood nearly still where the network has it moved: a pattern that
 * repeats looks most alike from places that see it alike, so that its wrong matches agree on no motion. Such a pair stays where
 * nothing else joins its photos.
 */
export function withoutStillPairs(photos: readonly PosedPhoto[], pairs: readonly VerifiedPair[]): VerifiedPair[] {
  const isStill = pairs.map((pair) => {
    const expected = expectedLength(photos[pair.photo1]!, photos[pair.photo2]!);
    return Math.hypot(...translationOf(pair.cam2FromCam1)) < STILL * expected;
  });
  const joined = growingComponents(photos.length);
  for (const [i, { photo1, photo2 }] of pairs.entries()) if (!isStill[i]) joined.join(photo1, photo2);
  return pairs.filter(({ photo1, photo2 }, i) => !isStill[i] || !joined.areJoined(photo1, photo2));
}

/** How far apart the network has two photos; 0 where it says nothing of that. */
function expectedLength(photo1: PosedPhoto, photo2: PosedPhoto): number {
  if (photo1.worldFromCam === undefined || photo2.worldFromCam === undefined) return 0;
  if (photo1.component !== photo2.component) return 0;
  return Math.hypot(...translationOf(composePoses(invertRigid(photo2.worldFromCam), photo1.worldFromCam)));
}
