import type { Pose } from "../core/camera.ts";
import { InputError } from "../core/errors.ts";
import type { FocalSource, PoseSource, Scene, SceneImage } from "../core/scene.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import { exifNetworkFocal, networkPriors } from "../priors/network-priors.ts";
import {
  estimateRelativePose,
  judgeFoundPose,
  type RelativePose,
  type RelativePoseOptions,
  SMALL_BASELINE,
  SMALL_INLIER_SHARE,
} from "../tasks/relative-pose.ts";
import { alignRefined, alignViews } from "./align-views.ts";
import { exifDoubts } from "./exif-doubts.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictTwoPhotos } from "./predict-pairs.ts";
import { RECONSTRUCT_DEFAULTS, type RefineMethod } from "./reconstruct-options.ts";
import { sceneVerdict, type Verdict } from "./scene-verdict.ts";
import { streamed } from "./streamed.ts";

/** How to find a relative pose; everything may be left out. */
export interface RelativePosePhotosOptions extends ModelChoice, Omit<RelativePoseOptions, "likelyFocals"> {
  /** Whether it is refined on local features of the photos; it is when left out. */
  readonly refine?: RefineMethod | undefined;
  /** Longest side, in pixels, at which photos are looked at for features. */
  readonly featureSize?: number | undefined;
  /** Set to take no notice of the focal lengths that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
}

/** A relative pose that was found, and whether evidence supports it. */
export interface FoundPose extends Omit<Extract<RelativePose, { status: "ok" }>, "status" | "focals">, Verdict {
  /** `refined` on local features, or the `network`'s where these do not agree beyond chance. */
  readonly poseSource: PoseSource;
  /** The photos in their order, with the focal lengths that the pose was found with, in their original pixels. */
  readonly photos: readonly NamedUsedFocal[];
}

/** The focal length that a photo was taken to have, or that was found with the pose. */
export interface NamedUsedFocal {
  readonly name: string;
  readonly focal: number;
  readonly source: FocalSource;
}

/**
 * The pose of the second of two photos in the frame of the first's camera.
 * @throws InputError where no pose explains the predictions, and as `predictPairs`
 */
export async function relativePose(photos: PhotoInputs, options: RelativePosePhotosOptions = {}): Promise<FoundPose> {
  const { views, files, predictions, warnings } = await predictTwoPhotos(photos, options);
  const { refine = RECONSTRUCT_DEFAULTS.refine, featureSize, seed, ignoreExif, logger, onProgress, signal } = options;
  const [forward, backward] = [0, 1].map((view) => predictions.find(({ view1 }) => view1 === view)!);
  const [likely1, likely2] = ignoreExif ? [] : views.map(exifNetworkFocal);
  const how = { ...options, likelyFocals: [likely1, likely2] as const };
  const priors = await networkPriors(views, { ignoreExif }, logger);
  const scene =
    refine === "none"
      ? await alignViews(views, streamed(predictions))
      : await alignRefined(views, streamed(predictions), { files, priors, featureSize, seed, onProgress, signal });
  const refined = refinedPose(scene);
  const found = refined
    ? { ...refined, ...judgeFoundPose(refined.cam2FromCam1, networkFocals(refined), [forward!, backward!]) }
    : estimateRelativePose(forward!, backward!, how);
  if (found.status === "ok") {
    const { focals, ...pose } = found;
    const photos = focals.map(({ focal, source }, i) => {
      const { name, originalFromNetwork } = views[i]!;
      return { name, focal: focal * Math.sqrt(originalFromNetwork.scaleX * originalFromNetwork.scaleY), source };
    });
    const doubts = ignoreExif ? [] : exifDoubts(views, photos);
    const verdict = sceneVerdict(scene, views);
    const fixed = pose.baseline >= SMALL_BASELINE;
    const status = fixed ? verdict.status : "no-evidence";
    const answer = { ...pose, poseSource: refined ? ("refined" as const) : ("network" as const) };
    return {
      ...answer,
      photos,
      status,
      warnings: [...warnings, ...verdict.warnings, ...poseWarnings(answer), ...doubts],
    };
  }
  const names = views.map(({ name }) => name).join(" and ");
  throw new InputError(`${names}: no relative pose: ${found.reason}; do both photos show the same place?`);
}

/** Camera 2 in the frame of camera 1 where features fix both. */
interface RefinedPose {
  readonly status: "ok";
  readonly cam2FromCam1: Pose;
  /** Of photo 1 and photo 2, in network pixels. */
  readonly focals: readonly [SourcedFocal, SourcedFocal];
}

interface SourcedFocal {
  readonly focal: number;
  readonly source: FocalSource;
}

function refinedPose({ images }: Scene): RefinedPose | undefined {
  if (!images.every(({ registered, poseSource }) => registered && poseSource === "refined")) return undefined;
  const [image1, image2] = images as readonly [SceneImage, SceneImage];
  const focalOf = ({ intrinsics: { fx, fy }, focalSource = "features" }: SceneImage): SourcedFocal => ({
    focal: Math.sqrt(fx * fy),
    source: focalSource,
  });
  const cam2FromCam1 = composePoses(invertRigid(image2.worldFromCam), image1.worldFromCam);
  return { status: "ok", cam2FromCam1, focals: [focalOf(image1), focalOf(image2)] };
}

function networkFocals({ focals: [first, second] }: RefinedPose): readonly [number, number] {
  return [first.focal, second.focal];
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
