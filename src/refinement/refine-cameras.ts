import type { Bundle } from "../adjustment/bundle.ts";
import { focalDeviations } from "../adjustment/focal-deviations.ts";
import { buildTracks } from "../adjustment/tracks.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";
import { invertRigid } from "../geometry/pose.ts";
import { type AdjustedTracks, adjustTracks, settleTracks } from "./adjust-tracks.ts";
import { zoomingCameras } from "./agreed-focals.ts";
import { comparedPhoto } from "./compare-photos.ts";
import { type Center, foundCenters, withCenters } from "./found-centers.ts";
import { foundLenses, type RadialLens } from "./found-lenses.ts";
import { initialCameras } from "./initial-cameras.ts";
import { type LoosePart, looseParts } from "./loose-parts.ts";
import { networkTurns } from "./network-turns.ts";
import { type MemoryOf, verifyUnknownPairs } from "./pair-memory.ts";
import { pairsAmong, placesOf } from "./pairs-among.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { reconsideredPairs, unexplainedPairs } from "./reconsidered-pairs.ts";
import { noPoints, pointsOfBundle, type RefinedPoints } from "./refined-points.ts";
import { withResected } from "./resected-photos.ts";
import { secondLook } from "./second-look.ts";
import { settledPairs } from "./settled-pairs.ts";
import { withoutStillPairs } from "./still-pairs.ts";
import { type VerifiedPair, verifyingProcesses } from "./verify-pairs.ts";

/** Which photos are compared, and how. */
export interface RefineOptions extends RunOptions {
  /** Pairs of photos, by index. */
  readonly pairs: readonly (readonly [photo1: number, photo2: number])[];
  /** Equal seeds give equal cameras; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Gives where verified pairs of photos are kept and looked up. */
  readonly memoryOf?: MemoryOf | undefined;
}

/** What feature matches say of the cameras, in original pixels and in one world. */
export interface RefinedCameras {
  /** By photo; undefined where the evidence does not reach: the network's answer stands. */
  readonly cameras: readonly (RefinedCamera | undefined)[];
  /** By photo that has none of these: intrinsics that features fix for other photos of its camera; undefined where there are none. */
  readonly siblings: readonly (Intrinsics | undefined)[];
  readonly points: RefinedPoints;
  /** By photo, the lens that bends its lines; undefined where there is no evidence for one. Cameras are without it. */
  readonly lenses: readonly (RadialLens | undefined)[];
  /** By photo, the principal point where it lies beside the middle beyond doubt; its camera has it. */
  readonly centers: readonly (Center | undefined)[];
  /** Photos whose scale beside the others' features leave open. */
  readonly loose: readonly LoosePart[];
  readonly verified: readonly VerifiedPair[];
  /** How many of them leave one pose, and the cameras explain fewer than half of their matches. */
  readonly unexplained: number;
}

/** One photo's camera after bundle adjustment. */
export interface RefinedCamera {
  readonly intrinsics: Intrinsics;
  /** True where features fix the focal length better than what was known of it before: else it is hardly more than that. */
  readonly isFocalMeasured: boolean;
  readonly worldFromCam: Pose;
}

/** A photo with fewer points keeps the network's pose. */
const LEAST_TRACKS = 12;
/**
 * So many, as if they were independent, where they have a photo turned by more than so many radians against the network: it is seldom
 * off by so much, and a few matches of repeated things are wrong together. On photographs the right ones of up to 50° had 146 and more.
 */
const CONVINCING_TRACKS = 100;
const MOST_TURN = 1;
/** By how much more certain features must be than what was known before: four times the information. */
const FOCAL_GAIN = 2;
/** Errors of features are not independent (lens, shutter, shapes of patches): those of a photo know no more than so many. */
const INDEPENDENT = 100;

/** Photos as they were believed to be, and what comes of it. */
interface Attempt {
  readonly photos: readonly PosedPhoto[];
  /** Before those in doubt were looked at again. */
  readonly found: readonly VerifiedPair[];
  readonly refined: RefinedCameras;
}

/**
 * Cameras refined on local features: pairs are matched and verified, those that contradict the focal length on which others agree
 * once more; verified pairs give a start, tracks of their matches are triangulated and adjusted with the cameras. Where photos are
 * only guessed to be of one camera and their pairs tell that they are not, all of it is done with a camera for each as well, and where
 * principal points lie elsewhere, with these: the result that explains more observations stands.
 */
export async function refineCameras(
  photos: readonly PosedPhoto[],
  { pairs, ...given }: RefineOptions,
): Promise<RefinedCameras> {
  const { memoryOf, onProgress, signal } = given;
  const verify = async (those: readonly PosedPhoto[]) => {
    // Its processes are gone when adjustment takes memory.
    using workers = verifyingProcesses(signal);
    const options = { ...given, workers };
    const compared = those.map(comparedPhoto);
    const found = await verifyUnknownPairs(compared, pairs, { ...options, memory: await memoryOf?.(compared) });
    return { found, verified: await secondLook(those, found, options) };
  };
  const attempt = async (those: readonly PosedPhoto[]): Promise<Attempt> => {
    const { found, verified } = await verify(those);
    return { photos: those, found, refined: await refineVerified(those, verified, { onProgress, signal }) };
  };
  let best = await attempt(photos);
  for (const believedOtherwise of [withZoomingApart, withFoundCenters, withFoundCenters]) {
    const those = believedOtherwise(best);
    if (those === undefined) continue;
    const other = await attempt(those);
    if (other.refined.points.photos.length > best.refined.points.photos.length) best = other;
  }
  const centers = best.photos.map(({ intrinsics: { cx, cy } }, i): Center | undefined => {
    const before = photos[i]!.intrinsics;
    return cx === before.cx && cy === before.cy ? undefined : [cx, cy];
  });
  return { ...best.refined, centers };
}

/** With a camera for each photo of those cameras that zoom. */
function withZoomingApart({ photos, found }: Attempt): readonly PosedPhoto[] | undefined {
  const zooming = zoomingCameras(photos, found);
  return zooming.size === 0 ? undefined : withOwnCameras(photos, zooming);
}

function withFoundCenters({ photos, refined: { centers } }: Attempt): readonly PosedPhoto[] | undefined {
  return centers.some((center) => center !== undefined) ? withCenters(photos, centers) : undefined;
}

/** The photos of these cameras with a camera of their own each. */
function withOwnCameras(photos: readonly PosedPhoto[], cameras: ReadonlySet<number>): PosedPhoto[] {
  const unused = Math.max(...photos.map(({ camera }) => camera)) + 1;
  return photos.map((photo, i) => (cameras.has(photo.camera) ? { ...photo, camera: unused + i } : photo));
}

/** As `refineCameras`, of pairs that were verified. */
export async function refineVerified(
  photos: readonly PosedPhoto[],
  verified: readonly VerifiedPair[],
  run: RunOptions = {},
): Promise<RefinedCameras> {
  // A pure rotation says nothing of distances, and of two explanations one is wrong. Matches on a plane hold among several
  // photos, but of two they leave more than one pose.
  const used = settledPairs(photos, withoutStillPairs(photos, verified.filter(hasPose)));
  const start = initialCameras(photos, translating(used));
  const started = photos.flatMap((_, i) => (start[i] === undefined ? [] : [i]));
  if (started.length < 2) {
    const none = photos.map(() => undefined);
    return {
      cameras: none,
      siblings: none,
      points: noPoints(),
      lenses: none,
      centers: none,
      loose: [],
      verified,
      unexplained: 0,
    };
  }
  const among = pairsAmong(used, placesOf(started));
  const placed = started.map((i) => photos[i]!);
  const first = await adjustTracks(
    placed,
    started.map((i) => start[i]!),
    { ...run, tracks: buildTracks(among), verified: among },
  );
  const adjusted = { ...(await reconsidered(first, placed, { among, run })), members: started };
  const { members, ...coarse } = await withResected(adjusted, photos, { ...run, used, found: verified });
  const those = members.map((i) => photos[i]!);
  const bundle = await settleTracks(those, coarse, run);
  const ofPhotos = byPhoto(bundle, members, photos.length);
  const centers = await foundCenters(bundle, those, run);
  const lenses = await foundLenses(bundle, those, run);
  const { cameras, points } = refined(bundle, members, photos);
  const posed = pairsAmong(verified.filter(hasPose), placesOf(members));
  const isUnexplained = unexplainedPairs(posed, those, bundle);
  return {
    cameras,
    siblings: siblingIntrinsics(cameras, photos),
    points,
    loose: looseParts(photos, used).flatMap(({ photos: part, hinge }) => {
      const found = part.filter((photo) => cameras[photo] !== undefined);
      return found.length > 0 && cameras[hinge] !== undefined ? { photos: found, hinge } : [];
    }),
    lenses: ofPhotos(lenses),
    centers: ofPhotos(centers),
    verified,
    unexplained: isUnexplained.filter(Boolean).length,
  };
}

/** What the bundle's cameras have, by photo; undefined for photos that are not in it. */
function byPhoto({ photos }: Bundle, members: readonly number[], count: number) {
  const place = placesOf(members);
  return <T>(ofCameras: readonly (T | undefined)[]): (T | undefined)[] =>
    Array.from({ length: count }, (_, i) => {
      const k = place.get(i);
      return k === undefined ? undefined : ofCameras[photos[k]!.camera];
    });
}

/**
 * The tracks, adjusted once more without pairs that it contradicts; where these were verified again, the result that explains more.
 */
async function reconsidered(
  adjusted: AdjustedTracks,
  photos: readonly PosedPhoto[],
  { among, run }: { readonly among: readonly VerifiedPair[]; readonly run: RunOptions },
): Promise<AdjustedTracks> {
  const { bundle } = adjusted;
  const again = reconsideredPairs(among, photos, bundle);
  if (again === undefined) return adjusted;
  const used = again.pairs.filter(hasPose);
  const how = { ...run, tracks: buildTracks(used), verified: used };
  // The pairs that are left have the poses of adjusted cameras: these are what pairs agree on.
  if (!again.isFresh)
    return await adjustTracks(
      photos,
      bundle.photos.map(({ camFromWorld }) => invertRigid(camFromWorld)),
      { ...how, isAdjusted: true },
    );
  const start = initialCameras(photos, translating(used));
  if (!start.every((pose) => pose !== undefined)) return adjusted;
  const other = await adjustTracks(photos, start, how);
  return other.bundle.observations.photo.length > bundle.observations.photo.length ? other : adjusted;
}

/** Whether matches leave one pose, and a direction of translation. */
function hasPose({ verdict }: VerifiedPair): boolean {
  return verdict === "verified" || verdict === "planar";
}

function translating(pairs: readonly VerifiedPair[]): VerifiedPair[] {
  return pairs.filter(({ verdict }) => verdict === "verified");
}

/** By camera: whether its observations fix the focal length better than its prior does. */
function measuredFocals(bundle: Bundle, observationsOfPhotos: readonly number[]): readonly boolean[] {
  const deviations = focalDeviations(bundle);
  return bundle.cameras.map(({ focalPrior }, camera) => {
    if (focalPrior === undefined) return false;
    const counts = observationsOfPhotos.filter((_, photo) => bundle.photos[photo]!.camera === camera);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const deviation = deviations[camera]! * Math.sqrt(Math.max(1, mean / INDEPENDENT));
    // In bundles too large to tell, hundreds of photos do.
    return !(FOCAL_GAIN * deviation >= focalPrior.sigma);
  });
}

/** By photo without a refined camera: the intrinsics that features fix for others of its camera, about its own principal point. */
function siblingIntrinsics(
  cameras: RefinedCameras["cameras"],
  photos: readonly PosedPhoto[],
): RefinedCameras["siblings"] {
  const measured = new Map<number, Intrinsics>();
  for (const [i, camera] of cameras.entries())
    if (camera?.isFocalMeasured) measured.set(photos[i]!.camera, camera.intrinsics);
  return photos.map(({ camera, focal, intrinsics: { cx, cy } }, i) => {
    const found = cameras[i] === undefined && focal.logSigma !== 0 ? measured.get(camera) : undefined;
    return found && { ...found, cx, cy };
  });
}

function refined(
  bundle: Bundle,
  members: readonly number[],
  photos: readonly PosedPhoto[],
): Pick<RefinedCameras, "cameras" | "points"> {
  const counts = members.map(() => 0);
  for (const photo of bundle.observations.photo) counts[photo]!++;
  const cameras: (RefinedCamera | undefined)[] = photos.map(() => undefined);
  const turns = networkTurns(
    members.map((i) => photos[i]!),
    bundle.photos,
  );
  const isFocalMeasured = measuredFocals(bundle, counts);
  for (const [k, count] of counts.entries()) {
    if (count < (turns[k]! > MOST_TURN ? CONVINCING_TRACKS : LEAST_TRACKS)) continue;
    const { camera, camFromWorld } = bundle.photos[k]!;
    const { fx, fy, cx, cy } = bundle.cameras[camera]!;
    cameras[members[k]!] = {
      intrinsics: { fx, fy, cx, cy },
      isFocalMeasured: isFocalMeasured[camera]!,
      worldFromCam: invertRigid(camFromWorld),
    };
  }
  return { cameras, points: pointsOfBundle(bundle, members, (photo) => cameras[photo] !== undefined) };
}
