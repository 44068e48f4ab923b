import type { Intrinsics } from "../core/camera.ts";
import {
  believedCamera,
  guessIntrinsics,
  type Localization,
  type LocalizationOptions,
  type MapObservation,
  type QueryFocalSource,
} from "./localization.ts";
import { localizeByPoints, type WorldMatches } from "./localize-by-points.ts";
import { exactPixels1, matchPointmaps } from "./pair-matches.ts";
import { pointsAt, samplePixels } from "./pixel-samples.ts";

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
  const matches = {
    pixels: Float32Array.from(matched.flatMap((match) => Array.from(match.pixels))),
    points: Float64Array.from(matched.flatMap((match) => Array.from(match.points))),
  };
  const locate = (intrinsics: Intrinsics, focalSource: QueryFocalSource): Localization => {
    const isKnown = focalSource !== "network";
    const found = localizeByPoints(matches, { size: size1, intrinsics, isKnown, seed: options.seed });
    return found.status === "failed" ? found : { ...found, focalSource };
  };
  if (options.intrinsics !== undefined) return locate(options.intrinsics, "given");
  const found = locate(guessIntrinsics(observations), "network");
  const believed = believedCamera(observations, options.likely);
  if (believed === undefined) return found;
  const likely = locate(believed.intrinsics, believed.source);
  if (likely.status === "failed") return found;
  return found.status === "failed" || likely.inliers >= BELIEVED_SHARE * found.inliers ? likely : found;
}

function correspond({ prediction, mapView }: MapObservation, { minConfidence }: LocalizationOptions): WorldMatches {
  const { confidence1, confidence2 } = prediction;
  const known = samplePixels(confidence2, minConfidence).filter((i) => Number.isFinite(mapView.worldPoints[3 * i]));
  const matches = matchPointmaps(prediction, samplePixels(confidence1, minConfidence), known);
  return { pixels: exactPixels1(prediction, matches), points: pointsAt(mapView.worldPoints, matches.indices2) };
}
