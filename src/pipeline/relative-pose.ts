import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { PoseSource, Scene } from "../core/scene.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import {
  estimateRelativePose,
  judgeFoundPose,
  type RelativePose,
  type RelativePoseOptions,
} from "../tasks/relative-pose.ts";
import { alignRefined, alignViews } from "./align-views.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictTwoPhotos } from "./predict-pairs.ts";
import { RECONSTRUCT_DEFAULTS, type RefineMethod } from "./reconstruct-options.ts";
import { sceneVerdict, type Verdict } from "./scene-verdict.ts";
import { streamed } from "./streamed.ts";

/** How to find a relative pose; everything may be left out. */
export interface RelativePosePhotosOptions extends ModelChoice, RelativePoseOptions {
  /** Whether it is refined on local features of the photos; it is when left out. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features. */
  readonly featureSize?: number | undefined;
}

/** A relative pose that was found, and whether evidence supports it. */
export interface FoundPose extends Omit<Extract<RelativePose, { status: "ok" }>, "status">, Verdict {
  /** `refined` on local features, or the `network`'s where these do not agree beyond chance. */
  readonly poseSource: PoseSource;
}

/** Cameras this near to each other, as a share of the median depth, do not fix the direction between them. */
const SMALL_BASELINE = 0.005;

/** With fewer than this share of the pixels in agreement, a pose is doubtful. */
const SMALL_INLIER_SHARE = 0.3;

/**
 * The pose of the second of two photos in the frame of the first's camera.
 * @throws InputError where no pose explains the predictions, and as `predictPairs`
 */
export async function relativePose(photos: PhotoInputs, options: RelativePosePhotosOptions = {}): Promise<FoundPose> {
  const { views, files, predictions, warnings } = await predictTwoPhotos(photos, options);
  const { refine = RECONSTRUCT_DEFAULTS.refine, featureSize, seed, onProgress, signal } = options;
  const scene =
    refine === "none"
      ? await alignViews(views, streamed(predictions))
      : await alignRefined(views, streamed(predictions), { files, featureSize, seed, onProgress, signal });
  const directions = [0, 1].map((view) => predictions.find(({ view1 }) => view1 === view)!) as [
    PairPrediction,
    PairPrediction,
  ];
  const refined = refinedPose(scene);
  const pose = refined ? judgeFoundPose(refined, directions, options) : estimateRelativePose(...directions, options);
  if (pose.status === "ok") {
    const verdict = sceneVerdict(scene, views);
    const fixed = pose.baseline >= SMALL_BASELINE;
    const status = fixed ? verdict.status : "no-evidence";
    const found = { ...pose, poseSource: refined ? ("refined" as const) : ("network" as const) };
    return { ...found, status, warnings: [...warnings, ...verdict.warnings, ...poseWarnings(found)] };
  }
  const names = views.map(({ name }) => name).join(" and ");
  throw new InputError(`${names}: no relative pose: ${pose.reason}; do both photos show the same place?`);
}

/** Camera 2 in the frame of camera 1 where features fix both. */
function refinedPose({ images }: Scene) {
  if (!images.every(({ registered, poseSource }) => registered && poseSource === "refined")) return undefined;
  return composePoses(invertRigid(images[1]!.worldFromCam), images[0]!.worldFromCam);
}

function poseWarnings({
  baseline,
  inlierShare,
  poseSource,
}: Pick<FoundPose, "baseline" | "inlierShare" | "poseSource">): string[] {
  const share = `${Math.round(100 * inlierShare)} %`;
  return [
    ...(baseline < SMALL_BASELINE
      ? ["Both photos were taken from nearly the same place: the direction of t means little."]
      : []),
    ...(inlierShare < SMALL_INLIER_SHARE
      ? [
          poseSource === "refined"
            ? `The network disagrees with the features: only ${share} of its pixels agree with this pose.`
            : `Only ${share} of the pixels agree with this pose: it may well be wrong.`,
        ]
      : []),
  ];
}
