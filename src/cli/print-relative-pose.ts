import { poseRows } from "../formats/camera-matrices.ts";
import { type FoundPose, relativePose } from "../pipeline/relative-pose.ts";
import type { RelativePoseMethod } from "../tasks/relative-pose-methods.ts";
import { type Answer, printAnswer } from "./print-answer.ts";
import type { RefineFlags } from "./scene-options.ts";
import { type ExifFlags, modelOptions, type ViewFlags } from "./shared-options.ts";

/** Flags of `dust3r pose`. */
export interface PoseFlags extends ViewFlags, ExifFlags, RefineFlags {
  readonly method: RelativePoseMethod;
  readonly seed: number;
}

/** Prints the relative pose of two photos. */
export async function printRelativePose(
  photos: readonly string[],
  flags: PoseFlags,
  signal: AbortSignal,
): Promise<void> {
  const { method, seed, refine, featureSize } = flags;
  await printAnswer(flags, signal, async (run) =>
    poseAnswer(
      await relativePose(photos, {
        ...modelOptions(flags),
        method,
        seed,
        refine,
        featureSize,
        ignoreExif: flags.exif === false,
        ...run,
      }),
      method,
    ),
  );
}

/** `{ status, warnings, cam2_from_cam1, baseline, inlier_share, pose_source, method, images: [{ file, focal, focal_source }] }`. */
function poseAnswer(pose: FoundPose, method: RelativePoseMethod): Answer {
  const { status, warnings, cam2FromCam1, baseline, inlierShare, poseSource, photos } = pose;
  const images = photos.map(({ name: file, focal, source: focal_source }) => ({ file, focal, focal_source }));
  const rows = poseRows(cam2FromCam1);
  return {
    json: {
      status,
      warnings,
      cam2_from_cam1: rows,
      baseline,
      inlier_share: inlierShare,
      pose_source: poseSource,
      method,
      images,
    },
    text: rows.map((row) => row.map((x) => x.toFixed(6).padStart(10)).join(" ")).join("\n"),
    warnings,
  };
}
