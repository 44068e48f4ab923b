import { InputError } from "../core/errors.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import { exifNetworkFocal } from "../priors/network-priors.ts";
import {
  estimateRelativePose,
  type RelativePose,
  type RelativePoseOptions,
  type UsedFocal,
} from "../tasks/relative-pose.ts";
import { exifDoubts } from "./exif-doubts.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictTwoPhotos } from "./predict-pairs.ts";
import { pairVerdict, type Verdict } from "./scene-verdict.ts";

/** How to find a relative pose; everything may be left out. */
export interface RelativePosePhotosOptions extends ModelChoice, Omit<RelativePoseOptions, "likelyFocals"> {
  /** Set to take no notice of the focal lengths that EXIF data name. */
  readonly ignoreExif?: boolean | undefined;
}

/** A relative pose that was found, and whether evidence supports it. */
export interface FoundPose extends Omit<Extract<RelativePose, { status: "ok" }>, "status" | "focals">, Verdict {
  /** The photos in their order, with the focal lengths that the pose was found with, in their original pixels. */
  readonly photos: readonly NamedUsedFocal[];
}

/** The focal length that a photo was taken to have. */
export interface NamedUsedFocal extends UsedFocal {
  readonly name: string;
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
  const { views, predictions, warnings } = await predictTwoPhotos(photos, options);
  const [forward, backward] = [0, 1].map((view) => predictions.find(({ view1 }) => view1 === view)!);
  const [likely1, likely2] = options.ignoreExif ? [] : views.map(exifNetworkFocal);
  const found = estimateRelativePose(forward!, backward!, { ...options, likelyFocals: [likely1, likely2] });
  if (found.status === "ok") {
    const { focals, ...pose } = found;
    const photos = focals.map(({ focal, source }, i) => {
      const { name, originalFromNetwork } = views[i]!;
      return { name, focal: focal * Math.sqrt(originalFromNetwork.scaleX * originalFromNetwork.scaleY), source };
    });
    const doubts = options.ignoreExif ? [] : exifDoubts(views, photos);
    const verdict = await pairVerdict(views, predictions);
    const fixed = pose.baseline >= SMALL_BASELINE;
    const status = fixed ? verdict.status : "no-evidence";
    return { ...pose, photos, status, warnings: [...warnings, ...verdict.warnings, ...poseWarnings(pose), ...doubts] };
  }
  const names = views.map(({ name }) => name).join(" and ");
  throw new InputError(`${names}: no relative pose: ${found.reason}; do both photos show the same place?`);
}

function poseWarnings({ baseline, inlierShare }: Pick<FoundPose, "baseline" | "inlierShare">): string[] {
  return [
    ...(baseline < SMALL_BASELINE
      ? ["Both photos were taken from nearly the same place: the direction of t means little."]
      : []),
    ...(inlierShare < SMALL_INLIER_SHARE
      ? [`Only ${Math.round(100 * inlierShare)} % of the pixels agree with this pose: it may well be wrong.`]
      : []),
  ];
}
