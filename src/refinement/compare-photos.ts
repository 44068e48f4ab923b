import type { Pose } from "../core/camera.ts";
import type { Features } from "../features/features.ts";
import { matchFeatures } from "../features/match-features.ts";
import { composePoses, invertRigid, scaleTranslation } from "../geometry/pose.ts";
import type { TwoViewProblem } from "../geometry/robust/two-view/two-view-problem.ts";
import {
  type TwoViewVerdict,
  type VerifiedTwoViews,
  verifyTwoViews,
} from "../geometry/robust/two-view/verify-two-views.ts";
import type { PosedPhoto } from "./posed-photo.ts";

/** What is compared of a photo; it can be sent to another process. */
export interface ComparedPhoto extends Omit<PosedPhoto, "depthAt" | "isFixed" | "isStraight" | "cameraIsGuessed"> {
  /** `[features.count]`: the network's depth at each feature, in the scene's units; 0 where it has none. */
  readonly depths: Float32Array;
}

/** How the feature matches of two photos agree. */
export interface Agreement {
  readonly verdict: TwoViewVerdict;
  /** The translation is in the scene's units, by the network's depth at the matches. */
  readonly cam2FromCam1: Pose;
  readonly focal1: number;
  readonly focal2: number;
  /** How well the matches, and what was known before, fix them: standard deviation of their logarithms together. */
  readonly focalSigma: number;
  /** `[n, 2]`: indices among the features of photo 1 and of photo 2; those that agree. */
  readonly matches: Uint32Array;
}

/** Features may be nearly as similar to another: what is wrong among them, verification finds out. */
const RATIO = 0.9;

/** The photo with the network's depth at its features. */
export function comparedPhoto({ depthAt, isFixed, isStraight, cameraIsGuessed, ...photo }: PosedPhoto): ComparedPhoto {
  const { count, positions } = photo.features;
  const depths = Float32Array.from({ length: count }, (_, i) => depthAt(positions[2 * i]!, positions[2 * i + 1]!));
  return { ...photo, depths };
}

/**
 * How the matches of two photos agree; undefined where they do not beyond chance. The network's pose and depth are among the
 * hypotheses.
 */
export function comparePhotos(photo1: ComparedPhoto, photo2: ComparedPhoto, seed: string): Agreement | undefined {
  return compareMatches(photo1, photo2, {
    matches: matchFeatures(photo1.features, photo2.features, { ratio: RATIO }),
    seed,
  });
}

/** As `comparePhotos`, of matches that are there: `[n, 2]`, indices among the features of both. */
export function compareMatches(
  photo1: ComparedPhoto,
  photo2: ComparedPhoto,
  { matches, seed }: { readonly matches: Uint32Array; readonly seed: string },
): Agreement | undefined {
  const noise = Math.sqrt(photo1.noise * photo2.noise);
  const result = verifyTwoViews(twoViewProblem(photo1, photo2, matches), { noise, seed });
  return result.status === "ok" ? agreement(result, matches) : undefined;
}

function twoViewProblem(photo1: ComparedPhoto, photo2: ComparedPhoto, matches: Uint32Array): TwoViewProblem {
  const count = matches.length / 2;
  const pixels = new Float64Array(4 * count);
  const depths = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    const [i, j] = [matches[2 * k]!, matches[2 * k + 1]!];
    pixels.set([...positionOf(photo1.features, i), ...positionOf(photo2.features, j)], 4 * k);
    depths.set([photo1.depths[i]!, photo2.depths[j]!], 2 * k);
  }
  const arePlacedTogether =
    photo1.worldFromCam !== undefined && photo2.worldFromCam !== undefined && photo1.component === photo2.component;
  return {
    matches: pixels,
    photo1: planeOf(photo1),
    photo2: planeOf(photo2),
    focals: { focal1: photo1.focal, focal2: photo2.focal, shared: photo1.camera === photo2.camera },
    predicted: arePlacedTogether
      ? { cam2FromCam1: composePoses(invertRigid(photo2.worldFromCam), photo1.worldFromCam), depths }
      : undefined,
  };
}

function planeOf({ features: { width, height }, intrinsics: { cx, cy } }: ComparedPhoto) {
  return { width, height, principalPoint: [cx, cy] as const };
}

/** Where a feature is, in pixels. */
function positionOf({ positions }: Features, index: number): readonly [x: number, y: number] {
  return [positions[2 * index]!, positions[2 * index + 1]!];
}

function agreement(
  { cameras, verdict, inliers, baseline, uncertainty }: Extract<VerifiedTwoViews, { status: "ok" }>,
  matches: Uint32Array,
): Agreement {
  const { focal1, focal2 } = cameras;
  return {
    verdict,
    cam2FromCam1: scaleTranslation(cameras.cam2FromCam1, baseline ?? 1),
    focal1,
    focal2,
    focalSigma: uncertainty.logFocals,
    matches: matches.filter((_, i) => inliers[i >> 1] === 1),
  };
}
