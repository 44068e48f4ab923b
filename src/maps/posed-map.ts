import type { Intrinsics, Pose } from "../core/camera.ts";
import type { Scene } from "../core/scene.ts";
import type { Size, View } from "../core/view.ts";

/** A photo of a map. */
export interface MapPhoto {
  /** As the map calls it. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** Of the photo that the intrinsics are for. */
  readonly size: Size;
  /** In original pixels. */
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  /** Reads what is known of the photo: `[height, width, 3]`, the world's point at each pixel of its view, else NaN. */
  readonly worldPoints: (view: View) => Promise<Float64Array>;
}

/** Photos whose places in a common world are known, with points of it: what a query can be located in. */
export interface PosedMap {
  readonly units: Scene["units"];
  readonly photos: readonly MapPhoto[];
}
