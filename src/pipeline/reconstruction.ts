import type { Intrinsics, Pose } from "../core/camera.ts";
import type { DenseScene } from "../core/dense-scene.ts";
import type { Picture } from "../core/picture.ts";
import type { Scene, SceneImage } from "../core/scene.ts";
import type { Size, View } from "../core/view.ts";
import { originalConfidence, originalDepth } from "../export/original-pixels.ts";
import { scenePoints } from "../export/scene-points.ts";
import { pixelGrid } from "../geometry/camera.ts";
import { mapPixels, originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { RunFacts } from "../scene-file/scene-json.ts";

/** A scene, and what it was made from and with. */
export interface Reconstruction {
  /** What is known of each photo, **in its original pixels**, in the order of the input. */
  readonly photos: readonly ReconstructedPhoto[];
  /** The same at network resolution, with the pairs' scores: for `writeSceneFolder` and further computation. */
  readonly scene: Scene;
  /** The views of the photos, in the order of `scene.images`. */
  readonly views: readonly View[];
  /** The photos' files, in the same order; undefined where they are not known. */
  readonly files?: readonly Picture[] | undefined;
  /** Depth measured between the photos, at a resolution of its own; undefined where none was to be measured. */
  readonly dense?: DenseScene | undefined;
  /** Warnings about how it was made, one sentence each. */
  readonly warnings?: readonly string[] | undefined;
  /** The network that was used, and what it took. */
  readonly run: RunFacts;
}

/** One photo of a scene, in pixels of the original (after its EXIF orientation; pixel centers at integers). */
export interface ReconstructedPhoto extends Size {
  /** Unique in the scene. */
  readonly name: string;
  /** False when the photo could not be connected to the others: it has no pose and no depth then. */
  readonly registered: boolean;
  readonly intrinsics: Intrinsics;
  /** 4×4, OpenCV axes, in the scene's units; undefined when not registered. */
  readonly worldFromCam: Pose | undefined;
  readonly camFromWorld: Pose | undefined;
  /** Mean over the photo, at least 1. */
  readonly meanConfidence: number;
  /** `[height, width]`, the network's z-depth in the scene's units; 0 where there is none. Computed at each call. What is measured is in `dense`. */
  depth(): Float32Array;
  /** `[height, width]`, at least 1, 0 outside of the view's crop. Computed at each call. */
  confidence(): Float32Array;
  /** A point for each pixel within the view's crop that has a depth, row by row. Computed at each call. */
  points(): PhotoPoints;
}

/** Points of one photo. */
export interface PhotoPoints {
  /** `[count, 3]`, in the world's frame and units; empty when the photo is not registered. */
  readonly positions: Float32Array;
  /** `[count, 2]` (x, y), where the photo shows them, in its original pixels. */
  readonly pixels: Float32Array;
  /** `[count, 3]`, sRGB. */
  readonly colors: Uint8Array;
  /** `[count]`, at least 1. */
  readonly confidence: Float32Array;
}

/** The photos of a scene in their original pixels. */
export function reconstructedPhotos(scene: Scene, views: readonly View[]): readonly ReconstructedPhoto[] {
  return scene.images.map((image, i) => reconstructedPhoto(image, views[i]!));
}

function reconstructedPhoto(image: SceneImage, view: View): ReconstructedPhoto {
  const { registered, worldFromCam } = image;
  return {
    name: view.name,
    ...view.original,
    registered,
    intrinsics: originalIntrinsics(image.intrinsics, view.originalFromNetwork),
    worldFromCam: registered ? worldFromCam : undefined,
    camFromWorld: registered ? invertRigid(worldFromCam) : undefined,
    meanConfidence: image.confidence.reduce((sum, value) => sum + value, 0) / image.confidence.length,
    depth: () => originalDepth(registered ? image.depth : new Float32Array(image.depth.length), view),
    confidence: () => originalConfidence(image.confidence, view),
    points: () => photoPoints(image, view),
  };
}

/** Confidence is at least 1, but for points that cleaning removed. */
const LEAST_CONFIDENCE = 1;

function photoPoints(image: SceneImage, view: View): PhotoPoints {
  const { registered, depth, confidence } = image;
  const hasPoint = (_: unknown, i: number) => registered && depth[i]! > 0 && confidence[i]! >= LEAST_CONFIDENCE;
  const filter = { minConfidence: LEAST_CONFIDENCE, kept: depth.filter(hasPoint).length };
  const { positions, colors, confidences } = scenePoints({ images: [image] }, [view], filter);
  const pixels = mapPixels(pixelGrid(image), view.originalFromNetwork);
  return { positions, colors, confidence: confidences, pixels: pixels.filter((_, k) => hasPoint(_, k >> 1)) };
}
