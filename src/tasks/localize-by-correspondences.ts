import type { Intrinsics } from "../core/camera.ts";
import { type AbsolutePose, estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import {
  believedCamera,
  guessIntrinsics,
  isSupported,
  type Localization,
  type LocalizationOptions,
  localizationThreshold,
  type MapObservation,
  type QueryFocalSource,
} from "./localization.ts";
import { exactPixels1, matchPointmaps } from "./pair-matches.ts";
import { pointsAt, samplePixels } from "./pixel-samples.ts";

/** The network's focal length stands when its pose explains this share of what the best one explains. */
const GUESS_SHARE = 0.95;
/** A likely camera is believed unless it costs more than so many of the pixels that a free focal length has on its side. */
const BELIEVED_SHARE = 0.95;

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
  const pixels = Float32Array.from(matched.flatMap((match) => Array.from(match.pixels)));
  const points = Float64Array.from(matched.flatMap((match) => Array.from(match.points)));
  const count = points.length / 3;
  const search = { threshold: localizationThreshold(size1), seed: options.seed };
  const locate = (intrinsics: Intrinsics) => estimateAbsolutePose(points, pixels, intrinsics, search);
  const verdict = (found: AbsolutePose, focalSource: QueryFocalSource): Localization => {
    if (found.status === "failed") return found;
    const { camFromWorld, intrinsics, inlierCount: inliers } = found;
    if (isSupported(inliers, count)) return { status: "ok", camFromWorld, intrinsics, focalSource, inliers, count };
    return { status: "failed", reason: `only ${inliers} of ${count} matches with the map agree on a pose` };
  };
  if (options.intrinsics !== undefined) return verdict(locate(options.intrinsics), "given");
  const guess = guessIntrinsics(observations);
  const free = estimateAbsolutePose(points, pixels, guess, { ...search, unknownFocal: true });
  const guessed = locate(guess);
  // Points that are nearly a plane fix no focal length, and what is found may be far off: the network's own guess stands
  // unless it explains clearly less.
  const found = verdict(explains(free) * GUESS_SHARE > explains(guessed) ? free : guessed, "network");
  const believed = believedCamera(observations, options.likely);
  if (believed === undefined) return found;
  const likely = verdict(locate(believed.intrinsics), believed.source);
  if (likely.status === "failed") return found;
  return found.status === "failed" || likely.inliers >= BELIEVED_SHARE * found.inliers ? likely : found;
}

/** The correspondences that a pose explains. */
function explains(found: AbsolutePose): number {
  return found.status === "ok" ? found.inlierCount : 0;
}

/** Pixels of the query, `[n, 2]`, and the points of the world that they show, `[n, 3]`. */
interface WorldMatches {
  readonly pixels: Float32Array;
  readonly points: Float64Array;
}

function correspond({ prediction, mapView }: MapObservation, { minConfidence }: LocalizationOptions): WorldMatches {
  const { confidence1, confidence2 } = prediction;
  const known = samplePixels(confidence2, minConfidence).filter((i) => Number.isFinite(mapView.worldPoints[3 * i]));
  const matches = matchPointmaps(prediction, samplePixels(confidence1, minConfidence), known);
  return { pixels: exactPixels1(prediction, matches), points: pointsAt(mapView.worldPoints, matches.indices2) };
}
