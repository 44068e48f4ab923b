import { FormatError } from "../core/errors.ts";
import type { KnownLens, KnownLenses } from "../core/known-lens.ts";
import { colmapLens } from "../formats/colmap/distortion.ts";
import { type ColmapFile, readCameras, readImages } from "../formats/colmap/read-model.ts";

/**
 * The lenses of a COLMAP model from its `cameras` and `images`, `.txt` or `.bin`; without the latter, of one camera for all photos.
 * Throws a `FormatError` that names the file, also for a model of lens that cannot be undistorted.
 */
export function colmapLenses(cameras: ColmapFile, images?: ColmapFile): KnownLenses {
  const lenses = new Map(
    [...readCameras(cameras)].map(([id, camera]) => [id, knownLens(colmapLens(camera, cameras.path))]),
  );
  if (images === undefined) {
    const [shared, ...others] = lenses.values();
    if (shared !== undefined && others.length === 0) return { shared, byPhoto: new Map() };
    throw new FormatError(cameras.path, `has ${lenses.size} cameras; the model's images are expected beside it`);
  }
  const byPhoto = new Map(
    readImages(images).map(({ name, cameraId }) => {
      const lens = lenses.get(cameraId);
      if (lens === undefined)
        throw new FormatError(images.path, `${name} is of camera ${cameraId}, which is not listed`);
      return [name, lens] as const;
    }),
  );
  if (byPhoto.size === 0) throw new FormatError(images.path, "has no photos");
  return { shared: undefined, byPhoto };
}

function knownLens({ width, height, intrinsics, distortion }: ReturnType<typeof colmapLens>): KnownLens {
  const { fx, fy, cx, cy } = intrinsics;
  return { fx, fy, principalPoint: [cx, cy], size: { width, height }, distortion };
}
