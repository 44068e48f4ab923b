import type { Size } from "./size.ts";

/** In maps of sources: depth is not measured, but the network's, bent to what was measured around it, or the plane of that on a blank surface. */
export const FROM_NETWORK = 1;
/** In maps of sources: depth is measured by stereo. */
export const FROM_STEREO = 2;

/** Pixels along the long side of measured depth maps, at most; `full` for as many as the photo has. */
export type DepthSize = number | "full";

/** Depth of one photo at a resolution of its own; it shows the same as the original photo, to the edges. */
export interface DenseMap extends Size {
  /** `[height, width]`, z-depth in the scene's units; 0 where there is none. */
  readonly depth: Float32Array;
  /** `[height, width]`: where depth comes from, `FROM_NETWORK`, `FROM_STEREO`, or 0 where there is none. */
  readonly source: Uint8Array;
}

/** A dense map that is loaded when it is needed: all of them may be more than memory holds. */
export interface HeldDenseMap extends Size {
  /** Gives the map, wherever it is kept. */
  readonly load: () => Promise<DenseMap>;
}

/** Points that photos agree on. */
export interface FusedPoints {
  /** `[count, 3]`, in the world frame (OpenCV axes) and the scene's units. */
  readonly positions: Float32Array;
  /** `[count, 3]`, of length 1, towards the cameras. */
  readonly normals: Float32Array;
  /** `[count, 3]`, sRGB. */
  readonly colors: Uint8Array;
  /** `[count]`: how many photos agree, 2 or more. */
  readonly photos: Uint8Array;
}

/** Dense depth measured between the photos of a scene. */
export interface DenseScene {
  /** By image; undefined for those whose cameras are not exact enough, which keep the network's depth. */
  readonly maps: readonly (HeldDenseMap | undefined)[];
  readonly points: FusedPoints;
  /** One of so many of the points that photos agree on is among `points`: 1 unless they are too many for memory. */
  readonly share: number;
}
