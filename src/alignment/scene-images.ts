import type { Pose } from "../core/camera.ts";
import type { SceneImage } from "../core/scene.ts";
import type { Size } from "../core/view.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { composePoses, depthsOf, identityPose, invertRigid } from "../geometry/pose.ts";
import { type Similarity, similarityMatrix } from "../geometry/similarity.ts";

/** What alignment found out about one image. */
export interface ImageEstimate {
  readonly size: Size;
  /** In pixels. */
  readonly focal: number | undefined;
  /** `[height, width]`, the best that any pair says. */
  readonly confidence: Float32Array;
  /** Undefined when the image could not be connected to the others. */
  readonly placement: Placement | undefined;
}

/** Where an image's points and its camera are in the world, whichever frame that is. */
export interface Placement {
  /** `[height, width, 3]`, in the frame of some pair. */
  readonly pointmap: Float32Array;
  readonly worldFromPoints: Similarity;
  readonly worldFromCam: Pose;
}

/** The focal length of an image that nothing is known of: its longer side, which then spans 53°. */
export function assumedFocal({ width, height }: Size): number {
  return Math.max(width, height);
}

/**
 * The images of a scene, its world moved to the first registered image's camera. Unregistered images keep what is known
 * of their focal length and confidence; their pose is the identity and they have no depth.
 */
export function sceneImages(estimates: readonly ImageEstimate[]): SceneImage[] {
  const first = estimates.find(({ placement }) => placement !== undefined);
  const firstCamFromWorld = invertRigid(first?.placement?.worldFromCam ?? identityPose());
  return estimates.map((estimate) => {
    const { size, focal, confidence, placement } = estimate;
    const { width, height } = size;
    return {
      width,
      height,
      registered: placement !== undefined,
      intrinsics: centeredIntrinsics(size, focal ?? assumedFocal(size)),
      worldFromCam:
        placement === undefined || estimate === first
          ? identityPose()
          : composePoses(firstCamFromWorld, placement.worldFromCam),
      depth: placement === undefined ? new Float32Array(width * height) : depthOf(placement),
      confidence,
    };
  });
}

function depthOf({ pointmap, worldFromPoints, worldFromCam }: Placement): Float32Array {
  return depthsOf(composePoses(invertRigid(worldFromCam), similarityMatrix(worldFromPoints)), pointmap);
}
