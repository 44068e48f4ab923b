import { InputError } from "../core/errors.ts";
import { poseRows } from "../formats/camera-matrices.ts";
import type { PredictedPairs } from "../pipeline/predict-pairs.ts";
import { estimateRelativePose } from "../tasks/relative-pose.ts";
import { type Answer, answerAboutPhotos } from "./answer-about-photos.ts";
import type { PoseFlags } from "./commands/pose.ts";

/** Cameras this near to each other, as a share of the median depth, do not fix the direction between them. */
const SMALL_BASELINE = 0.005;

/** With fewer than this share of the pixels in agreement, a pose is doubtful. */
const SMALL_INLIER_SHARE = 0.3;

/** Prints the relative pose of two photos. */
export async function printRelativePose(
  photos: readonly string[],
  flags: PoseFlags,
  signal: AbortSignal,
): Promise<void> {
  const takes = { counts: [2], text: "pose takes two photos" };
  await answerAboutPhotos({ photos, flags, takes, answer: (predicted) => poseAnswer(predicted, flags) }, signal);
}

/** `{ cam2_from_cam1, baseline, inlier_share, method }`. */
function poseAnswer({ views, predictions }: PredictedPairs, { method, seed }: PoseFlags): Answer {
  const [forward, backward] = [0, 1].map((view) => predictions.find(({ view1 }) => view1 === view)!);
  const pose = estimateRelativePose(forward!, backward!, { method, seed });
  if (pose.status === "failed") {
    const names = views.map(({ name }) => name).join(" and ");
    throw new InputError(`${names}: no relative pose: ${pose.reason}; do both photos show the same place?`);
  }
  const { cam2FromCam1, baseline, inlierShare } = pose;
  const rows = poseRows(cam2FromCam1);
  const warnings = [
    ...(baseline < SMALL_BASELINE
      ? ["Both photos were taken from nearly the same place: the direction of t means little."]
      : []),
    ...(inlierShare < SMALL_INLIER_SHARE
      ? [`Only ${Math.round(100 * inlierShare)} % of the pixels agree with this pose: it may well be wrong.`]
      : []),
  ];
  return {
    json: { cam2_from_cam1: rows, baseline, inlier_share: inlierShare, method },
    text: rows.map((row) => row.map((x) => x.toFixed(6).padStart(10)).join(" ")).join("\n"),
    warnings,
  };
}
