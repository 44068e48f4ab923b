import type { Intrinsics, Pose } from "../core/camera.ts";
import type { PoseSource } from "../core/scene.ts";

/** Where a photo was taken, in the map's world and units. */
export interface LocalizedPhoto {
  readonly name: string;
  /** Undefined where the photo could not be located. */
  readonly camFromWorld: Pose | undefined;
  /** In original pixels; undefined where the photo could not be located. */
  readonly intrinsics: Intrinsics | undefined;
  /** `refined` on local features, or the `network`'s where these do not agree beyond chance; undefined without a pose. */
  readonly poseSource: PoseSource | undefined;
  /** Pixels, or features, that agree with the pose. */
  readonly inliers: number;
  /** Why the photo could not be located. */
  readonly problem: string | undefined;
  /** Reasons to doubt the pose, one sentence each. */
  readonly doubts: readonly string[];
}
