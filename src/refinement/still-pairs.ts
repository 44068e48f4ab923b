import type { Pose } from "../core/camera.ts";
import { growingComponents } from "../core/connected-components.ts";
import { subtract } from "../geometry/mat3.ts";
import { composePoses, invertRigid, rotationOf, scaleTranslation, translationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import { pairLinks } from "./pair-scales.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Of the way that the network sees between two photos, features see less than this where a pattern misleads them. */
const STILL = 0.25;
/** In radians, and as a share of the way: by how much a way round may miss a pair that is right. */
const MOST_TURN = 0.05;
const MOST_OFFSET = 0.5;

/**
 * The pairs without those of which features say that the camera stood nearly still where the network has it moved: a pattern that
 * repeats looks most alike from places that see it alike, so that its wrong matches agree on no motion. Such a pair stays where
 * nothing else joins its photos, and where the ways round by third photos come to the same: there the camera did stand nearly still.
 * It also stays where what joins its photos rests on fewer matches somewhere and turns otherwise: what a pattern misleads mostly
 * turns right, so that it is the way round that is wrong.
 */
export function withoutStillPairs(photos: readonly PosedPhoto[], pairs: readonly VerifiedPair[]): VerifiedPair[] {
  const looksStill = pairs.map((pair) => {
    const expected = expectedLength(photos[pair.photo1]!, photos[pair.photo2]!);
    return Math.hypot(...translationOf(pair.cam2FromCam1)) < STILL * expected;
  });
  if (!looksStill.includes(true)) return [...pairs];
  const joined = growingComponents(photos.length);
  const joinedByFewer = new Set<VerifiedPair>();
  for (const [i, pair] of [...pairs.entries()].sort(([, a], [, b]) => b.matches.length - a.matches.length)) {
    if (!looksStill[i]) joined.join(pair.photo1, pair.photo2);
    else if (!joined.areJoined(pair.photo1, pair.photo2)) joinedByFewer.add(pair);
  }
  const linked = linkedPairs(photos, pairs);
  const moving = pairs.flatMap((pair, i): ScaledPair[] => (looksStill[i] ? [] : [[pair, 1]]));
  return pairs.filter((pair, i) => {
    if (!looksStill[i] || !joined.areJoined(pair.photo1, pair.photo2)) return true;
    const around = [...linked[i]!].flatMap(([other, scale]): ScaledPair[] =>
      !looksStill[other] && pairs[other]!.verdict === "verified" ? [[pairs[other]!, scale]] : [],
    );
    return closesTriangles(pair, around) || (joinedByFewer.has(pair) && turnsOtherwise(pair, moving));
  });
}

/** A pair, and what its length is to be multiplied by. */
type ScaledPair = readonly [pair: VerifiedPair, scale: number];

/** From the first photo's camera of a pair to the second's, by two other pairs with a third photo. */
function waysRound({ photo1, photo2 }: VerifiedPair, others: readonly ScaledPair[]): Pose[] {
  const fromFirst = new Map<number, Pose>();
  const fromSecond = new Map<number, Pose>();
  for (const [other, scale] of others) {
    const third1 = otherPhoto(other, photo1);
    if (third1 !== undefined) fromFirst.set(third1, leading(other, photo1, scale));
    const third2 = otherPhoto(other, photo2);
    if (third2 !== undefined) fromSecond.set(third2, leading(other, photo2, scale));
  }
  return [...fromFirst].flatMap(([third, thirdFromFirst]) => {
    const thirdFromSecond = fromSecond.get(third);
    return thirdFromSecond ? [composePoses(invertRigid(thirdFromSecond), thirdFromFirst)] : [];
  });
}

/** Whether there are ways round and all turn otherwise than the pair does. */
function turnsOtherwise(pair: VerifiedPair, others: readonly ScaledPair[]): boolean {
  const ways = waysRound(pair, others);
  return ways.length > 0 && ways.every((way) => turnBetween(way, pair.cam2FromCam1) >= MOST_TURN);
}

/** Whether ways round by pairs with lengths in the unit of the pair come to where it does itself, as many as do not. */
function closesTriangles(pair: VerifiedPair, others: readonly ScaledPair[]): boolean {
  const own = translationOf(pair.cam2FromCam1);
  const ways = waysRound(pair, others);
  const closed = ways.filter((way) => {
    const offset = Math.hypot(...subtract(translationOf(way), own));
    return turnBetween(way, pair.cam2FromCam1) < MOST_TURN && offset < MOST_OFFSET * Math.hypot(...own);
  });
  return closed.length > 0 && 2 * closed.length >= ways.length;
}

function turnBetween(a: Pose, b: Pose): number {
  return rotationAngle(rotationOf(a), rotationOf(b));
}

/** By pair, those that show common features with it, and what their lengths are to be multiplied by to be in its unit. */
function linkedPairs(
  photos: readonly PosedPhoto[],
  pairs: readonly VerifiedPair[],
): readonly ReadonlyMap<number, number>[] {
  const linked = pairs.map(() => new Map<number, number>());
  for (const { pair1, pair2, logRatio } of pairLinks(photos, pairs)) {
    linked[pair1]!.set(pair2, Math.exp(logRatio));
    linked[pair2]!.set(pair1, Math.exp(-logRatio));
  }
  return linked;
}

/** The photo that a pair has besides this one; undefined where it has not this one. */
function otherPhoto({ photo1, photo2 }: VerifiedPair, photo: number): number | undefined {
  return photo === photo1 ? photo2 : photo === photo2 ? photo1 : undefined;
}

/** From a photo's camera to the other's of a pair. */
function leading({ photo1, cam2FromCam1 }: VerifiedPair, photo: number, scale: number): Pose {
  const scaled = scaleTranslation(cam2FromCam1, scale);
  return photo === photo1 ? scaled : invertRigid(scaled);
}

/** How far apart the network has two photos; 0 where it says nothing of that. */
function expectedLength(photo1: PosedPhoto, photo2: PosedPhoto): number {
  if (photo1.worldFromCam === undefined || photo2.worldFromCam === undefined) return 0;
  if (photo1.component !== photo2.component) return 0;
  return Math.hypot(...translationOf(composePoses(invertRigid(photo2.worldFromCam), photo1.worldFromCam)));
}
