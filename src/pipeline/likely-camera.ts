import type { View } from "../core/view.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import type { PosedMap } from "../maps/posed-map.ts";
import { sharedCamera } from "../maps/shared-camera.ts";
import type { LikelyCamera } from "../tasks/localization.ts";

/** EXIF data that differ by more from the map's camera are of another one, or of another zoom. */
const SAME_CAMERA = 1.2;

/** Photos of a map, by index, that a query is compared with. */
export interface ComparedPhotos {
  readonly map: PosedMap;
  readonly indices: readonly number[];
  readonly ignoreExif: boolean;
}

/**
 * What the intrinsics of a query are likely to be, in its original pixels: those of the map's photos where these are of its
 * size, unless its EXIF data say otherwise; else those of its EXIF data. Undefined where there is neither.
 */
export async function likelyCamera(
  { original, exifFocal, straightening }: View,
  { map, indices, ignoreExif }: ComparedPhotos,
): Promise<LikelyCamera | undefined> {
  // What is known of photos whose lines were made straight is not of one whose lines may be bent.
  const isAlike = indices.every((index) => (map.photos[index]!.lens !== undefined) === (straightening !== undefined));
  const shared = isAlike ? await sharedCamera(map, indices, original) : undefined;
  const exif = ignoreExif ? undefined : exifFocal;
  const ratio = shared && exif ? Math.max(shared.fx / exif, exif / shared.fx) : 1;
  if (shared !== undefined && ratio <= SAME_CAMERA) return { intrinsics: shared, source: "map" };
  return exif === undefined ? undefined : { intrinsics: centeredIntrinsics(original, exif), source: "exif" };
}
