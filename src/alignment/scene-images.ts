import type { Intrinsics, Pose } from "../core/camera.ts";
import type { ImagePlane } from "../core/image-plane.ts";
import type { AlignmentFit, FocalSource, SceneImage } from "../core/scene.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { composePoses, depthsOf, identityPose, invertRigid } from "../geometry/pose.ts";
import { type Similarity, similarityMatrix } from "../geometry/similarity.ts";

/** What alignment knows of one image by itself. */
export interface ImageEstimate {
  readonly size: ImagePlane;
  /** In network pixels. */
  readonly intrinsics: Intrinsics;
  /** Images of equal number share a camera; undefined for a camera of its own. */
  readonly camera?: number;
  /** `[height, width]`, the highest of all pairs. */
  readonly confidence: Float32Array;
  /** Undefined when the image could not be connected to any other. */
  readonly placement: PlacedImage | undefined;
}

/** Where an image is, and what it sees. */
export interface PlacedImage {
  /** The group of connected images, each with a world of its own; 0 is the scene. */
  readonly component: number;
  readonly worldFromCam: Pose;
  /** `[height, width]`, z-depth; 0 where there is none. */
  readonly depth: Float32Array;
  readonly fit?: AlignmentFit | undefined;
}

/** The focal length of an image that nothing is known of: its longer side, which then spans 53°. */
export function assumedFocal({ width, height }: ImagePlane): number {
  return Math.max(width, height);
}

/** Square pixels and a centered principal point; an assumed focal length where none is known. */
export function estimatedIntrinsics(size: ImagePlane, focal: number | undefined): Intrinsics {
  return centeredIntrinsics(size, focal ?? assumedFocal(size));
}

/** The depth that a camera sees of an image's points `[height, width, 3]`, `[height, width]`. */
export function depthOfPoints(points: Float32Array, worldFromPoints: Similarity, worldFromCam: Pose): Float32Array {
  return depthsOf(composePoses(invertRigid(worldFromCam), similarityMatrix(worldFromPoints)), points);
}

/**
 * The images of a scene. Images without a place keep what is known of their focal length and confidence; their pose is the
 * identity and they have no depth.
 */
export function sceneImages(
  estimates: readonly ImageEstimate[],
  focalSources: readonly FocalSource[] = [],
): SceneImage[] {
  return estimates.map(({ size, intrinsics, camera, confidence, placement }, i): SceneImage => {
    const { width, height } = size;
    return {
      width,
      height,
      registered: placement?.component === 0,
      component: placement?.component,
      intrinsics,
      camera: camera ?? i,
      focalSource: focalSources[i],
      worldFromCam: placement?.worldFromCam ?? identityPose(),
      depth: placement?.depth ?? new Float32Array(width * height),
      confidence,
      fit: placement?.fit,
    };
  });
}

/** The same estimates with every component's world moved to the camera of its first image. */
export function seenFromFirstCameras(estimates: readonly ImageEstimate[]): ImageEstimate[] {
  const firstOf = new Map<number, Pose>();
  return estimates.map((estimate) => {
    const { placement } = estimate;
    if (placement === undefined) return estimate;
    const { component, worldFromCam } = placement;
    const first = firstOf.get(component);
    if (first === undefined) firstOf.set(component, worldFromCam);
    const moved = first === undefined ? identityPose() : composePoses(invertRigid(first), worldFromCam);
    return { ...estimate, placement: { ...placement, worldFromCam: moved } };
  });
}
