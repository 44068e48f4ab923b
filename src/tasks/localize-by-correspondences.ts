import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/size.ts";
import { type AbsolutePose, estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import {
  guessIntrinsics,
  isSupported,
  type Localization,
  type LocalizationOptions,
  localizationThreshold,
  type MapObservation,
} from "./localization.ts";
import { exactPixels1, matchPointmaps } from "./pair-matches.ts";
import { pointsAt, samplePixels } from "./pixel-samples.ts";

/** The network's focal length stands when its pose explains this share of what the best one explains. */
const GUESS_SHARE = 0.95;

/**
 * Visual localization, the paper's first way: matches between the query and each view of the map give pixels of the query
 * points of the world, and PnP in RANSAC over all of them gives its pose. The scale is that of the map.
 */
export function localizeByCorrespondences(
  observations: readonly MapObservation[],
  options: LocalizationOptions = {},
): Localization {
  const [first] = observations;
  if (first === undefined) return { status: "failed", reason: "no photo of the map was compared" };
  const { size1 } = first.prediction;
  const matched = observations.map((observation) => correspond(observation, options));
  const matches = {
    pixels: Float32Array.from(matched.flatMap((match) => Array.from(match.pixels))),
    points: Float64Array.from(matched.flatMap((match) => Array.from(match.points))),
  };
  const { intrinsics = guessIntrinsics(observations), seed } = options;
  return localizeByPoints(matches, { size: size1, intrinsics, isKnown: options.intrinsics !== undefined, seed });
}

/** What is known of a camera that sees points of the world; all in one unit of pixels. */
export interface QueryCamera {
  readonly size: Size;
  readonly intrinsics: Intrinsics;
  /** False for a mere guess of the focal length. */
  readonly isKnown: boolean;
  readonly seed?: number | string | undefined;
}

/** Where a camera is that sees points of the world at pixels: PnP in RANSAC, with the focal length where it is not known. */
export function localizeByPoints(
  { pixels, points }: WorldMatches,
  { size, intrinsics: known, isKnown, seed }: QueryCamera,
): Localization {
  const count = points.length / 3;
  const search = { threshold: localizationThreshold(size), seed };
  const free = isKnown ? undefined : estimateAbsolutePose(points, pixels, known, { ...search, unknownFocal: true });
  const guessed = estimateAbsolutePose(points, pixels, known, search);
  // Points that are nearly a plane fix no focal length, and what is found may be far off: the network's own guess stands
  // unless it explains clearly less.
  const found = free?.status === "ok" && explains(free) * GUESS_SHARE > explains(guessed) ? free : guessed;
  if (found.status === "failed") return found;
  const { camFromWorld, intrinsics, inlierCount } = found;
  if (isSupported(inlierCount, count)) return { status: "ok", camFromWorld, intrinsics, inliers: inlierCount, count };
  return { status: "failed", reason: `only ${inlierCount} of ${count} matches with the map agree on a pose` };
}

/** The correspondences that a pose explains. */
function explains(found: AbsolutePose): number {
  return found.status === "ok" ? found.inlierCount : 0;
}

/** Pixels of the query, `[n, 2]`, and the points of the world that they show, `[n, 3]`. */
export interface WorldMatches {
  readonly pixels: Float32Array;
  readonly points: Float64Array;
}

function correspond({ prediction, mapView }: MapObservation, { minConfidence }: LocalizationOptions): WorldMatches {
  const { confidence1, confidence2 } = prediction;
  const known = samplePixels(confidence2, minConfidence).filter((i) => Number.isFinite(mapView.worldPoints[3 * i]));
  const matches = matchPointmaps(prediction, samplePixels(confidence1, minConfidence), known);
  return { pixels: exactPixels1(prediction, matches), points: pointsAt(mapView.worldPoints, matches.indices2) };
}
