import type { Intrinsics, Pose } from "./camera.ts";
import type { Size } from "./view.ts";

/** One photo's part of a scene, at **network resolution**; `export` maps it to original pixels. */
export interface SceneImage extends Size {
  /** False when the photo could not be connected to the others; its pose and depth then mean nothing. */
  readonly registered: boolean;
  /** In network pixels. */
  readonly intrinsics: Intrinsics;
  /** The camera's pose in the world, OpenCV axes. */
  readonly worldFromCam: Pose;
  /** `[height, width]`, z-depth in the camera's frame and the scene's units; 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`, at least 1: the best any pair says of the pixel. */
  readonly confidence: Float32Array;
}

/** How much two photos see of each other, as the network judges it. */
export interface ScenePair {
  readonly image1: number;
  readonly image2: number;
  /** Mean over both confidence maps. */
  readonly meanConfidence: number;
}

/** How the pairwise pointmaps were brought into one frame. */
export interface AlignmentReport {
  readonly method: "monocular" | "pair" | "spanning-tree";
  /** Value of the objective, null where none was minimised. */
  readonly loss: number | null;
  readonly iterations: number;
  readonly seconds: number;
}

/** Many photos in one world frame: that of the first registered photo's camera. */
export interface Scene {
  readonly units: "arbitrary" | "metres";
  /** In the order of the input. */
  readonly images: readonly SceneImage[];
  readonly pairs: readonly ScenePair[];
  readonly alignment: AlignmentReport;
}
