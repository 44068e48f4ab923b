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
  const moving = pairsByPhotos(pairs.filter((_, i) => !looksStill[i]));
  return pairs.filter((pair, i) => {
    if (!looksStill[i] || !joined.areJoined(pair.photo1, pair.photo2)) return true;
    const around = [...linked[i]!].filter(([other]) => !looksStill[other] && pairs[other]!.verdict === "verified");
    if (closesTriangles(pair, new Map(around), pairs)) return true;
    return joinedByFewer.has(pair) && turnsOtherwise(pair, moving);
  });
}

/** By photo, its pairs by their other photo. */
type PairsByPhotos = ReadonlyMap<number, ReadonlyMap<number, VerifiedPair>>;

function pairsByPhotos(pairs: readonly VerifiedPair[]): PairsByPhotos {
  const all = new Map<number, Map<number, VerifiedPair>>();
  const put = (from: number, to: number, pair: VerifiedPair) =>
    all.set(from, (all.get(from) ?? new Map<number, VerifiedPair>()).set(to, pair));
  for (const pair of pairs) {
    put(pair.photo1, pair.photo2, pair);
    put(pair.photo2, pair.photo1, pair);
  }
  return all;
}

/** Whether there are ways round, by two other pairs, and all turn otherwise than the pair does. */
function turnsOtherwise({ photo1, photo2, cam2FromCam1 }: VerifiedPair, others: PairsByPhotos): boolean {
  const turns = [...(others.get(photo1) ?? [])].flatMap(([third, first]) => {
    const second = others.get(photo2)?.get(third);
    if (second === undefined) return [];
    const around = composePoses(invertRigid(leading(second, photo2)), leading(first, photo1));
    return rotationAngle(rotationOf(around), rotationOf(cam2FromCam1));
  });
  return turns.length > 0 && turns.every((turn) => turn >= MOST_TURN);
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

/** Whether ways round, by two other pairs with their lengths in the unit of the pair, come to where it does itself, as many as do not. */
function closesTriangles(
  pair: VerifiedPair,
  others: ReadonlyMap<number, number>,
  pairs: readonly VerifiedPair[],
): boolean {
  const fromSecond = new Map<number, Pose>();
  for (const [other, scale] of others) {
    const third = otherPhoto(pairs[other]!, pair.photo2);
    if (third !== undefined) fromSecond.set(third, leading(pairs[other]!, pair.photo2, scale));
  }
  let closed = 0;
  let open = 0;
  for (const [other, scale] of others) {
    const third = otherPhoto(pairs[other]!, pair.photo1);
    const thirdFromSecond = third === undefined ? undefined : fromSecond.get(third);
    if (thirdFromSecond === undefined) continue;
    const around = composePoses(invertRigid(thirdFromSecond), leading(pairs[other]!, pair.photo1, scale));
    const turn = rotationAngle(rotationOf(around), rotationOf(pair.cam2FromCam1));
    const own = translationOf(pair.cam2FromCam1);
    const offset = Math.hypot(...subtract(translationOf(around), own));
    if (turn < MOST_TURN && offset < MOST_OFFSET * Math.hypot(...own)) closed++;
    else open++;
  }
  return closed > 0 && closed >= open;
}

/** The photo that a pair has besides this one; undefined where it has not this one. */
function otherPhoto({ photo1, photo2 }: VerifiedPair, photo: number): number | undefined {
  return photo === photo1 ? photo2 : photo === photo2 ? photo1 : undefined;
}

/** From a photo's camera to the other's of a pair. */
function leading({ photo1, cam2FromCam1 }: VerifiedPair, photo: number, scale = 1): Pose {
  const scaled = scaleTranslation(cam2FromCam1, scale);
  return photo === photo1 ? scaled : invertRigid(scaled);
}

/** How far apart the network has two photos; 0 where it says nothing of that. */
function expectedLength(photo1: PosedPhoto, photo2: PosedPhoto): number {
  if (photo1.worldFromCam === undefined || photo2.worldFromCam === undefined) return 0;
  if (photo1.component !== photo2.component) return 0;
  return Math.hypot(...translationOf(composePoses(invertRigid(photo2.worldFromCam), photo1.worldFromCam)));
}
