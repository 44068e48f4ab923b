import { poseRows } from "../formats/camera-matrices.ts";
import { type FoundPose, relativePose } from "../pipeline/relative-pose.ts";
import type { RelativePoseMethod } from "../tasks/relative-pose-methods.ts";
import { type Answer, printAnswer } from "./print-answer.ts";
import { modelOptions, type ViewFlags } from "./shared-options.ts";

/** What the command line says of a relative pose. */
export interface PoseFlags extends ViewFlags {
  readonly method: RelativePoseMethod;
  readonly seed: number;
}

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
  const { method, seed } = flags;
  await printAnswer(flags, signal, async (run) =>
    poseAnswer(await relativePose(photos, { ...modelOptions(flags), method, seed, ...run }), method),
  );
}

/** `{ cam2_from_cam1, baseline, inlier_share, method }`. */
function poseAnswer({ cam2FromCam1, baseline, inlierShare }: FoundPose, method: RelativePoseMethod): Answer {
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
