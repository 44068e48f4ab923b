import type { FocalKnowledge } from "../geometry/robust/two-view/focal-knowledge.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Pairs that agree on a focal length before it is believed: what misleads one pair hardly misleads three alike. */
const LEAST_AGREEING = 3;
/** A pair tells of the focal length where it fixes it so many times as well as it was known before. */
const LEAST_GAIN = 2;
/** How far pairs of photos are off that tell of it, at least: standard deviation of the logarithm. */
const LEAST_SIGMA = 0.02;
/** In standard deviations: pairs that are no farther off agree. */
const AGREEMENT = 2;
/** How far the focal length is off on which pairs agree, at least: their errors are not independent. */
const AGREED_SIGMA = 0.05;

/**
 * Of so many pairs that tell of the focal length of one camera, so great a share agree on it, and not on one that is so unlikely. Of drawn
 * scenes with a lens that zooms 0.43 did at most, of photographs and drawn scenes without 0.5 at least.
 */
const LEAST_TELLING = 5;
const LEAST_SHARE = 0.45;
const UNLIKELY = 3;

/** What one pair says of the logarithm of a camera's focal length. */
interface Vote {
  readonly log: number;
  readonly sigma: number;
}

/** What the pairs of one camera say together. */
interface Consensus {
  readonly votes: readonly Vote[];
  /** Those that agree with the one on which the most agree, each as sure as it is, and with what was known before. */
  readonly agreeing: readonly Vote[];
}

/**
 * By camera, the focal length on which the most of its verified pairs agree, each as sure as it is, and with what was known before;
 * cameras of which that is exact and those without `LEAST_AGREEING` such pairs have none. Two photos hardly fix a focal length, and one
 * that is far off goes with a wrong pose: which of several pairs are right, the others tell.
 */
export function agreedFocals(
  photos: readonly PosedPhoto[],
  verified: readonly VerifiedPair[],
): ReadonlyMap<number, FocalKnowledge> {
  const agreed = new Map<number, FocalKnowledge>();
  for (const camera of new Set(photos.map((photo) => photo.camera))) {
    const { logSigma } = photos.find((photo) => photo.camera === camera)!.focal;
    const { agreeing } = consensus(photos, verified, camera);
    if (agreeing.length < LEAST_AGREEING) continue;
    const surest = Math.min(...agreeing.map(({ sigma }) => sigma));
    agreed.set(camera, {
      focal: Math.exp(meanOf(agreeing)),
      logSigma: Math.min(logSigma, Math.max(AGREED_SIGMA, surest)),
    });
  }
  return agreed;
}

/**
 * The cameras, of those that are guessed, of which pairs tell focal lengths that hardly agree, or agree on what is hardly possible: their
 * photos were taken at several, by a lens that zooms or by several cameras.
 */
export function zoomingCameras(photos: readonly PosedPhoto[], verified: readonly VerifiedPair[]): ReadonlySet<number> {
  const guessed = new Set(photos.filter(({ cameraIsGuessed }) => cameraIsGuessed).map(({ camera }) => camera));
  return new Set(
    [...guessed].filter((camera) => {
      const { votes, agreeing } = consensus(photos, verified, camera);
      if (votes.length < LEAST_TELLING) return false;
      const { focal, logSigma } = photos.find((photo) => photo.camera === camera)!.focal;
      const isUnlikely = Math.abs(meanOf(agreeing) - Math.log(focal)) > UNLIKELY * logSigma;
      return isUnlikely || agreeing.length < LEAST_SHARE * votes.length;
    }),
  );
}

function consensus(photos: readonly PosedPhoto[], verified: readonly VerifiedPair[], camera: number): Consensus {
  const { focal, logSigma } = photos.find((photo) => photo.camera === camera)!.focal;
  if (logSigma === 0) return { votes: [], agreeing: [] };
  const votes = verified
    .filter(({ verdict }) => verdict === "verified")
    .flatMap((pair) => votesOf(pair, photos, camera))
    .filter(({ sigma }) => LEAST_GAIN * sigma < logSigma);
  // Cauchy's loss: beyond a few deviations it hardly matters how far off a pair is.
  const costAt = (log: number) =>
    votes.reduce((sum, vote) => sum + Math.log1p(((log - vote.log) / vote.sigma) ** 2), 0) +
    ((log - Math.log(focal)) / logSigma) ** 2;
  const [best] = votes.map(({ log }) => ({ log, cost: costAt(log) })).sort((a, b) => a.cost - b.cost);
  if (best === undefined) return { votes, agreeing: [] };
  return { votes, agreeing: votes.filter(({ log, sigma }) => Math.abs(log - best.log) < AGREEMENT * sigma) };
}

function votesOf(
  { photo1, photo2, focal1, focal2, focalSigma }: VerifiedPair,
  photos: readonly PosedPhoto[],
  camera: number,
): Vote[] {
  const isOf = (photo: number) => photos[photo]!.camera === camera;
  const sigma = Math.hypot(LEAST_SIGMA, focalSigma);
  if (isOf(photo1)) return [{ log: Math.log(focal1), sigma }];
  return isOf(photo2) ? [{ log: Math.log(focal2), sigma }] : [];
}

/** By certainty. */
function meanOf(votes: readonly Vote[]): number {
  const total = votes.reduce((sum, { sigma }) => sum + sigma ** -2, 0);
  return votes.reduce((sum, { log, sigma }) => sum + log * sigma ** -2, 0) / total;
}
