import { InputError } from "../core/errors.ts";
import { haveOneShape } from "../core/size.ts";
import type { View } from "../core/view.ts";
import { quartersLeft } from "../geometry/turn-camera.ts";
import type { MapCamera, PosedMap } from "./posed-map.ts";
import { turnMapCamera } from "./turn-map-camera.ts";

/**
 * The camera of a map's photo as it is upright: turned where its shape shows that the map has the photo as it is stored. An
 * `InputError` where the photo is turned, the map may be of either, and the shape is the same.
 */
export function uprightCamera(
  { mayBeOfStored }: Pick<PosedMap, "mayBeOfStored">,
  camera: MapCamera,
  view: View,
): MapCamera {
  const { name, original, exifOrientation } = view;
  const quarters = quartersLeft(exifOrientation);
  const stored = quarters === 2 ? original : { width: original.height, height: original.width };
  if (quarters === 0 || !haveOneShape(camera.size, stored)) return camera;
  if (!haveOneShape(camera.size, original)) return turnMapCamera(camera, quarters);
  if (!mayBeOfStored) return camera;
  throw new InputError(
    `${name} is turned by its EXIF orientation (${exifOrientation}), and nothing tells whether the map is of it before or after ` +
      "that: give the photos that the map was made from without EXIF orientation",
  );
}
