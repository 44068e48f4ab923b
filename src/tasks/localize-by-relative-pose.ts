import type { Pose } from "../core/camera.ts";
import { medianRatio } from "../geometry/median-ratio.ts";
import { composePoses, depthsOf, invertRigid, scaleTranslation } from "../geometry/pose.ts";
import { estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import {
  believedCamera,
  guessIntrinsics,
  isSupported,
  type Localization,
  type LocalizationOptions,
  localizationThreshold,
  type MapObservation,
} from "./localization.ts";
import { coordinatesOf, pointsAt, samplePixels } from "./pixel-samples.ts";

/**
 * Visual localization, the paper's second way: the relative pose of the query and a view of the map, scaled so that the
 * network's depths of that view fit the known ones. Of several views the one with most pixels in agreement counts.
 */
export function localizeByRelativePose(
  observations: readonly MapObservation[],
  options: LocalizationOptions = {},
): Localization {
  const located = observations.map((observation) => locateBeside(observation, options)).filter((x) => x !== undefined);
  const [best] = located.sort((a, b) => b.inliers - a.inliers);
  if (best === undefined) return { status: "failed", reason: "no photo of the map gives a relative pose with a scale" };
  const { inliers, count } = best;
  if (!isSupported(inliers, count)) {
    return { status: "failed", reason: `only ${inliers} of ${count} pixels agree on a pose relative to the map` };
  }
  const { intrinsics } = options;
  if (intrinsics !== undefined) return { status: "ok", ...best, intrinsics, focalSource: "given" };
  const likely = believedCamera(observations, options.likely);
  if (likely !== undefined) return { status: "ok", ...best, intrinsics: likely.intrinsics, focalSource: likely.source };
  return { status: "ok", ...best, intrinsics: guessIntrinsics(observations), focalSource: "network" };
}

interface Located {
  readonly camFromWorld: Pose;
  readonly inliers: number;
  readonly count: number;
}

function locateBeside({ prediction, mapView }: MapObservation, options: LocalizationOptions): Located | undefined {
  const { size2, pointmap2, confidence2 } = prediction;
  const chosen = samplePixels(confidence2, options.minConfidence);
  const points = pointsAt(pointmap2, chosen);
  const found = estimateAbsolutePose(points, coordinatesOf(chosen, size2.width), mapView.intrinsics, {
    threshold: localizationThreshold(size2),
    seed: options.seed,
  });
  if (found.status === "failed") return undefined;
  const mapCamFromQuery = found.camFromWorld;
  const mapCamFromWorld = invertRigid(mapView.worldFromCam);
  const known = depthsOf(mapCamFromWorld, pointsAt(mapView.worldPoints, chosen));
  const scale = medianRatio(known, depthsOf(mapCamFromQuery, points));
  if (scale === undefined) return undefined;
  const queryFromMapCam = invertRigid(scaleTranslation(mapCamFromQuery, scale));
  return {
    camFromWorld: composePoses(queryFromMapCam, mapCamFromWorld),
    inliers: found.inlierCount,
    count: chosen.length,
  };
}
