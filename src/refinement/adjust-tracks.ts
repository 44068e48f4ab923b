import { adjustBundle } from "../adjustment/adjust-bundle.ts";
import type { Bundle, BundleCamera } from "../adjustment/bundle.ts";
import { bundleOfTracks } from "../adjustment/bundle-of-tracks.ts";
import type { Tracks } from "../adjustment/tracks.ts";
import { triangulate } from "../adjustment/triangulate.ts";
import type { Pose } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";
import { upperMedian } from "../core/upper-median.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { tellingParallax } from "./telling-parallax.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/**
 * Reprojection errors that are believed, in standard deviations of a feature, round by round. The first takes nearly all: in a start that
 * drifts along a walk, what closes its loops is far off. Where cameras were adjusted before, nothing that counts is.
 */
const GATES = [256, 32, 6, 3] as const;
const GATES_AGAIN = GATES.slice(1);
const LAST_GATE = GATES[3];
/** Where a round but the last ends, as a share of the cost: the next one triangulates anew anyway. */
const EARLY_TOLERANCE = 1e-2;
/** Where the last one does: among hundreds of photos, a walk that is not straightened out yet contradicts pairs that are right. */
const COARSE_TOLERANCE = 1e-4;
/** A step that gains no more moves a focal length by less than a ten-thousandth; ten times as much leaves parts of a long walk with a wrong size. */
const FINAL_TOLERANCE = 1e-6;

/** Tracks, and what they were adjusted to. */
export interface AdjustedTracks {
  readonly tracks: Tracks;
  /** As the last round left it; its pixels are counted from the principal points. */
  readonly adjusted: Bundle;
  /** Triangulated anew, in the photos' pixels. */
  readonly bundle: Bundle;
}

type CamerasOfPhotos = Pick<Bundle, "cameras" | "photos">;

/**
 * Tracks triangulated and adjusted, round by round with narrower gates: every round triangulates all tracks anew, so that
 * what a coarse start lost comes back. Good enough to tell what is wrong with them; `settleTracks` does the rest.
 */
export async function adjustTracks(
  photos: readonly PosedPhoto[],
  start: readonly Pose[],
  {
    tracks,
    verified,
    isAdjusted = false,
    onProgress,
    signal,
  }: RunOptions & {
    readonly tracks: Tracks;
    readonly verified: readonly VerifiedPair[];
    /** Whether the start is what an adjustment came to, but for what is tried now. */
    readonly isAdjusted?: boolean;
  },
): Promise<AdjustedTracks> {
  const numbers = [...new Set(photos.map(({ camera }) => camera))];
  const initial: CamerasOfPhotos = {
    cameras: numbers.map((camera) => bundleCamera(photos, camera, verified)),
    photos: photos.map(({ camera, isFixed }, i) => {
      return { camera: numbers.indexOf(camera), camFromWorld: invertRigid(start[i]!), fixed: isFixed };
    }),
  };
  const gates = isAdjusted ? GATES_AGAIN : GATES;
  let adjusted: Bundle | undefined;
  for (const [round, maxError] of gates.entries()) {
    const tolerance = maxError === LAST_GATE ? COARSE_TOLERANCE : EARLY_TOLERANCE;
    const bundle = triangulated(tracks, photos, adjusted ?? initial, maxError);
    ({ bundle: adjusted } = await adjustBundle(bundle, { signal, tolerance }));
    // Settling is one round more.
    onProgress?.({ stage: "adjust", done: round + 1, total: gates.length + 1 });
  }
  return { tracks, adjusted: adjusted!, bundle: retriangulated(tracks, photos, adjusted!) };
}

/** What adjusted tracks come to until no step gains what could be seen: triangulated anew, in the photos' pixels. */
export async function settleTracks(
  photos: readonly PosedPhoto[],
  { tracks, adjusted }: AdjustedTracks,
  { onProgress, signal }: RunOptions,
): Promise<Bundle> {
  const { bundle } = await adjustBundle(adjusted, { signal, tolerance: FINAL_TOLERANCE });
  onProgress?.({ stage: "adjust", done: GATES.length + 1, total: GATES.length + 1 });
  return retriangulated(tracks, photos, bundle);
}

function retriangulated(tracks: Tracks, photos: readonly PosedPhoto[], adjusted: Bundle): Bundle {
  return inOwnPixels(triangulated(tracks, photos, adjusted, LAST_GATE), photos);
}

function triangulated(
  tracks: Tracks,
  photos: readonly PosedPhoto[],
  cameras: CamerasOfPhotos,
  maxError: number,
): Bundle {
  const keypoints = photos.map(({ features }) => features.positions);
  const all = fromPrincipalPoints(bundleOfTracks(tracks, keypoints, cameras), photos);
  return triangulate(all, { maxError, minAngle: leastAngle(photos, cameras) }).bundle;
}

/** Of the photo in the middle. */
function leastAngle(photos: readonly PosedPhoto[], { cameras, photos: placed }: CamerasOfPhotos): number {
  const angles = Float64Array.from(placed, ({ camera }, i) => {
    const { fx, fy } = cameras[camera]!;
    return tellingParallax(photos[i]!, Math.sqrt(fx * fy));
  });
  return upperMedian(angles)!;
}

/** The bundle in the photos' pixels, where those of one camera with the same principal point share one. */
function inOwnPixels(bundle: Bundle, photos: readonly PosedPhoto[]): Bundle {
  const cameras: BundleCamera[] = [];
  const places = new Map<string, number>();
  const placed = bundle.photos.map((photo, i) => {
    const { cx, cy } = photos[i]!.intrinsics;
    const key = [photo.camera, cx, cy].join();
    if (!places.has(key)) places.set(key, cameras.push({ ...bundle.cameras[photo.camera]!, cx, cy }) - 1);
    return { ...photo, camera: places.get(key)! };
  });
  const { photo } = bundle.observations;
  const xy = bundle.observations.xy.map((value, k) => {
    const { cx, cy } = photos[photo[k >> 1]!]!.intrinsics;
    // As the features have it, to the last bit.
    return Math.fround(value + (k % 2 === 0 ? cx : cy));
  });
  return { ...bundle, cameras, photos: placed, observations: { ...bundle.observations, xy } };
}

function bundleCamera(photos: readonly PosedPhoto[], camera: number, verified: readonly VerifiedPair[]): BundleCamera {
  const { intrinsics, focal } = photos.find((photo) => photo.camera === camera)!;
  const isKnown = focal.logSigma === 0;
  const found = verified.flatMap(({ photo1, photo2, focal1, focal2 }) => [
    ...(photos[photo1]!.camera === camera ? [focal1] : []),
    ...(photos[photo2]!.camera === camera ? [focal2] : []),
  ]);
  const start = (isKnown ? undefined : upperMedian(found)) ?? focal.focal;
  const factor = start / Math.sqrt(intrinsics.fx * intrinsics.fy);
  return {
    fx: factor * intrinsics.fx,
    fy: factor * intrinsics.fy,
    cx: 0,
    cy: 0,
    free: { focal: !isKnown, principalPoint: false, distortion: false },
    ...(isKnown ? {} : { focalPrior: { focal: focal.focal, sigma: focal.logSigma } }),
  };
}

/** The bundle with pixels counted from the photos' principal points, and the noise of their features. */
function fromPrincipalPoints(bundle: Bundle, photos: readonly PosedPhoto[]): Bundle {
  const { photo, xy: pixels } = bundle.observations;
  const sigma = new Float32Array(photo.length);
  const xy = new Float64Array(pixels.length);
  for (const [k, index] of photo.entries()) {
    const { noise, intrinsics } = photos[index]!;
    sigma[k] = noise;
    xy[2 * k] = pixels[2 * k]! - intrinsics.cx;
    xy[2 * k + 1] = pixels[2 * k + 1]! - intrinsics.cy;
  }
  return { ...bundle, observations: { ...bundle.observations, xy, sigma } };
}
