import type { Intrinsics, Pose } from "../core/camera.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { Scene } from "../core/scene.ts";
import type { Size, View } from "../core/view.ts";

/** A photo of a map. */
export interface MapPhoto {
  /** As the map calls it. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** That of a file whose lines are bent, where those of the map are straight. */
  readonly lens?: KnownLens | undefined;
}

/** The camera of a map's photo, and what it sees. */
export interface MapCamera {
  /** Of the photo that the intrinsics are for; the file may be a copy of another size. */
  readonly size: Size;
  /** In pixels of a photo of that size. */
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
  /** Reads what is known of the photo: `[height, width, 3]`, the world's point at each pixel of its view, else NaN. */
  readonly worldPoints: (view: View) => Promise<Float64Array>;
}

/** Photos whose places in a common world are known, with points of it: what a query can be located in. */
export interface PosedMap {
  readonly units: Scene["units"];
  readonly photos: readonly MapPhoto[];
  /** Set for maps of programs that may have ignored the EXIF orientation, or been given upright copies. */
  readonly mayBeOfStored?: boolean | undefined;
  /** Reads the camera of `photos[index]`. */
  camera(index: number): Promise<MapCamera>;
}
