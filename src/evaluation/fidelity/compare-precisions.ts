import type { PairPrediction } from "../../core/pair-prediction.ts";
import type { View } from "../../core/view.ts";
import { predictViews } from "../../pipeline/predict-pairs.ts";
import { confidentFocal } from "../../tasks/photo-focals.ts";
import { estimateRelativePose } from "../../tasks/relative-pose.ts";
import type { Evaluated } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { relativeFocalError } from "../metrics/focal-errors.ts";
import { relativePoseError } from "../metrics/pose-errors.ts";
import { type PredictionDeviation, predictionDeviation } from "../metrics/prediction-deviation.ts";

/** How far one pair's answers are from those in float32. */
export interface FidelityMetrics extends PredictionDeviation {
  readonly source: "procedural" | "photos";
  /** Of the relative pose; null where float32 finds none. */
  readonly rotation_deg: number | null;
  /** Of the direction of translation. */
  readonly translation_deg: number | null;
  /**
   * The share of the pixels that agree with float32's pose; null where it finds none. Below `SMALL_INLIER_SHARE` the pair does not
   * fix its pose: another one is no error of the precision.
   */
  readonly inlier_share: number | null;
  /** Of float32's pose, as a share of the median depth. Below `SMALL_BASELINE` the direction means little. */
  readonly baseline: number | null;
  /** True where float32 finds a relative pose and the other precision does not. */
  readonly pose_lost: boolean;
  /** The larger of the two photos' relative differences; null where the points hold no focal length. */
  readonly focal: number | null;
}

/** Both precisions of one network. */
export interface Precisions {
  /** In float32. */
  readonly reference: EvaluatedNetwork;
  readonly tested: EvaluatedNetwork;
}

/** Predicts both ordered pairs of two views in both precisions and compares them. */
export async function comparePrecisions(
  { reference, tested }: Precisions,
  views: readonly [View, View],
  source: FidelityMetrics["source"],
): Promise<Evaluated<FidelityMetrics>> {
  const [before, after] = [await predictBoth(reference, views), await predictBoth(tested, views)];
  const [pose0, pose] = [estimateRelativePose(...before), estimateRelativePose(...after)];
  const isLost = pose0.status === "ok" && pose.status !== "ok";
  const moved =
    pose0.status === "ok" && pose.status === "ok"
      ? relativePoseError(pose0.cam2FromCam1, pose.cam2FromCam1, 0)
      : undefined;
  const focals = before.flatMap((prediction, i) => {
    const [focal0, focal] = [focalOf(prediction), focalOf(after[i]!)];
    return focal0 === undefined || focal === undefined ? [] : [relativeFocalError(focal0, focal)];
  });
  const deviation = predictionDeviation(before, after);
  const metrics: FidelityMetrics = {
    source,
    ...deviation,
    rotation_deg: moved?.rotation ?? null,
    translation_deg: moved?.translation ?? null,
    inlier_share: pose0.status === "ok" ? pose0.inlierShare : null,
    baseline: pose0.status === "ok" ? pose0.baseline : null,
    pose_lost: isLost,
    focal: focals.length === 0 ? null : Math.max(...focals),
  };
  return { metrics, badness: deviation.points.median, pictures: () => [] };
}

async function predictBoth(network: EvaluatedNetwork, views: readonly View[]) {
  const { signal } = network;
  return (await predictViews(network, views, { signal })) as readonly [PairPrediction, PairPrediction];
}

function focalOf({ pointmap1, size1, confidence1 }: PairPrediction): number | undefined {
  return confidentFocal(pointmap1, size1, confidence1);
}
