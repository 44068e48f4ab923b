import { hashPicture, readImageHeader } from "#platform";
import { InputError } from "../core/errors.ts";
import { haveOneShape } from "../core/size.ts";
import type { Size, View } from "../core/view.ts";
import { resizedMapping } from "../geometry/pixel-mapping.ts";
import { findMapPhoto } from "../maps/find-map-photo.ts";

/** The views of a pairs file, and the photos that they are of. */
export interface PhotosOfPairs {
  /** In pixels of the photos. */
  readonly views: readonly View[];
  /** In the order of `views`. */
  readonly files: readonly string[];
}

/**
 * Finds the photos of a pairs file's views in a folder, by their names. A file that does not say how its pixels lie in the
 * photos may be of the whole photos, reduced; an `InputError` names a photo that is missing or of another shape.
 */
export async function photosOfPairs(
  stored: readonly View[],
  { pairs, photos }: { readonly pairs: string; readonly photos: string },
): Promise<PhotosOfPairs> {
  const files: string[] = [];
  const views: View[] = [];
  for (const view of stored) {
    const path = await findMapPhoto(view.name, { map: pairs, photos });
    const { width, height } = await readImageHeader(path);
    files.push(path);
    views.push({ ...inPixelsOf({ width, height }, view, path), photoHash: await hashPicture(path) });
  }
  return { views, files };
}

function inPixelsOf(photo: Size, view: View, path: string): View {
  const { original, originalFromNetwork: mapping } = view;
  if (original.width === photo.width && original.height === photo.height) return view;
  const isWhole = original.width === view.width && original.height === view.height && mapping.scaleX === 1;
  if (isWhole && haveOneShape(original, photo)) {
    return { ...view, original: photo, originalFromNetwork: resizedMapping(view, photo) };
  }
  throw new InputError(
    `${path}: is ${photo.width}x${photo.height}; the pairs are of a photo ${view.name} of ${original.width}x${original.height}` +
      `${isWhole ? '; their file may say by its metadata "originals" how its pixels lie in the photos' : ""}`,
  );
}
