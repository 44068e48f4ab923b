import type { ColmapCameraModel } from "./camera-models.ts";

/**
 * A sparse model as COLMAP stores it. Ids are COLMAP's own: unordered and with gaps. Pixels are COLMAP's too: the center
 * of the top-left pixel is at (0.5, 0.5), half a pixel from where it is everywhere else in this code.
 */
export interface ColmapModel {
  readonly cameras: ReadonlyMap<number, ColmapCamera>;
  readonly images: readonly ColmapImage[];
  readonly points: ColmapPoints;
}

export interface ColmapCamera {
  readonly id: number;
  readonly model: ColmapCameraModel;
  readonly width: number;
  readonly height: number;
  /** In the order of `CAMERA_PARAMETERS[model]`. */
  readonly params: readonly number[];
}

/** A photo with its pose: x_cam = R(quaternion) x_world + translation, camera axes OpenCV's. */
export interface ColmapImage {
  readonly id: number;
  readonly cameraId: number;
  /** Path below the folder of photos. */
  readonly name: string;
  /** w, x, y, z: as stored, which need not have unit length. */
  readonly quaternion: readonly [w: number, x: number, y: number, z: number];
  readonly translation: readonly [x: number, y: number, z: number];
  /** `[n, 2]` (x, y). */
  readonly keypoints: Float64Array;
  /** `[n]`: the point that each keypoint shows, `NO_POINT` where none was reconstructed. */
  readonly pointIds: Float64Array;
}

/** In `ColmapImage.pointIds`: a keypoint that shows no reconstructed point. */
export const NO_POINT = -1;

/** The 3D points as columns: models of millions of points are common. */
export interface ColmapPoints {
  /** `[n]`. */
  readonly ids: Float64Array;
  /** `[n, 3]`, in the world. */
  readonly positions: Float64Array;
  /** `[n, 3]`, sRGB. */
  readonly colors: Uint8Array;
  /** `[n]`: mean distance in pixels between projections and keypoints; -1 where it is not known. */
  readonly errors: Float64Array;
  /** `[n + 1]`: point i is seen by the observations from `trackStarts[i]` to before `trackStarts[i + 1]`. */
  readonly trackStarts: Uint32Array;
  /** `[m, 2]`: per observation the image's id, and the index among that image's keypoints. */
  readonly tracks: Uint32Array;
}
