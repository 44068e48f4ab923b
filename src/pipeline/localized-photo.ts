import type { Intrinsics, Pose } from "../core/camera.ts";
import type { PoseSource } from "../core/scene.ts";
import type { QueryFocalSource } from "../tasks/localization.ts";

/** Where a photo was taken, in the map's world and units. */
export interface LocalizedPhoto {
  readonly name: string;
  /** Undefined where the photo could not be located. */
  readonly camFromWorld: Pose | undefined;
  /** In original pixels; undefined where the photo could not be located. */
  readonly intrinsics: Intrinsics | undefined;
  /**
   * Where their focal length comes from: given, local features, the camera of the map's photos, EXIF data, or the network and
   * the map; undefined where the photo could not be located.
   */
  readonly focalSource: QueryFocalSource | "features" | undefined;
  /** `refined` on local features, or the `network`'s where these do not agree beyond chance; undefined without a pose. */
  readonly poseSource: PoseSource | undefined;
  /** Pixels, or features, that agree with the pose. */
  readonly inliers: number;
  /** Why the photo could not be located. */
  readonly problem: string | undefined;
  /** Reasons to doubt the pose, one sentence each. */
  readonly doubts: readonly string[];
}
