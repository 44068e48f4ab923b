import type { PixelMapping, View } from "../core/view.ts";
import { turnIntrinsics, turnPose } from "../geometry/turn-camera.ts";
import type { MapCamera } from "./posed-map.ts";

/**
 * The camera of a map's photo that is rotated counter-clockwise by quarters of a full turn: for maps of programs that
 * ignore the EXIF orientation, which views do not.
 */
export function turnMapCamera(camera: MapCamera, quarters: number): MapCamera {
  if (quarters <= 0) return camera;
  const { size, intrinsics, worldFromCam, worldPoints } = camera;
  const turned: MapCamera = {
    size: { width: size.height, height: size.width },
    intrinsics: turnIntrinsics(intrinsics, size),
    worldFromCam: turnPose(worldFromCam),
    async worldPoints(view) {
      const points = await worldPoints(beforeTurn(view));
      return turnPoints(points, view);
    },
  };
  return turnMapCamera(turned, quarters - 1);
}

/** The view of the photo as it was before a quarter to the left. */
function beforeTurn(view: View): View {
  const { width, height, original, originalFromNetwork: to } = view;
  const originalFromNetwork: PixelMapping = {
    scaleX: to.scaleY,
    scaleY: to.scaleX,
    offsetX: original.height - 1 - to.offsetY - to.scaleY * (height - 1),
    offsetY: to.offsetX,
  };
  const size = { width: original.height, height: original.width };
  return { ...view, width: height, height: width, original: size, originalFromNetwork };
}

/** Points at the pixels of the view before a quarter to the left, at those after it: what was at the right is on top. */
function turnPoints(points: Float64Array, { width, height }: View): Float64Array {
  const turned = new Float64Array(points.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = 3 * (x * height + (height - 1 - y));
      turned.set(points.subarray(from, from + 3), 3 * (y * width + x));
    }
  }
  return turned;
}
