import { InputError } from "../core/errors.ts";
import type { PhotoInputs } from "../images/photo-input.ts";
import { estimateRelativePose, type RelativePose, type RelativePoseOptions } from "../tasks/relative-pose.ts";
import type { ModelChoice } from "./open-model.ts";
import { predictTwoPhotos } from "./predict-pairs.ts";

/** How to find a relative pose; everything may be left out. */
export interface RelativePosePhotosOptions extends ModelChoice, RelativePoseOptions {}

/** A relative pose that was found. */
export type FoundPose = Extract<RelativePose, { status: "ok" }>;

/**
 * The pose of the second of two photos in the frame of the first's camera.
 * @throws InputError where no pose explains what the network sees, and as `predictPairs`
 */
export async function relativePose(photos: PhotoInputs, options: RelativePosePhotosOptions = {}): Promise<FoundPose> {
  const { views, predictions } = await predictTwoPhotos(photos, options);
  const [forward, backward] = [0, 1].map((view) => predictions.find(({ view1 }) => view1 === view)!);
  const pose = estimateRelativePose(forward!, backward!, options);
  if (pose.status === "ok") return pose;
  const names = views.map(({ name }) => name).join(" and ");
  throw new InputError(`${names}: no relative pose: ${pose.reason}; do both photos show the same place?`);
}
