import { absolutePath, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import { findPhotos, findPhotosBelow } from "../images/find-photos.ts";

/** What data sets keep beside the photo `NAME.color.png`. */
const DEPTH = /\.depth\.png$/i;

/**
 * The photos that files and folders name, those in folders of folders included, each once; depth maps `*.depth.png` are none.
 * Throws an `InputError` for a path that is not there or has none.
 */
export async function photosBelow(paths: readonly string[]): Promise<readonly string[]> {
  const photos = new Map<string, string>();
  for (const path of paths) {
    const isFolder = (await pathContent(path)).kind === "folder";
    const all = isFolder ? await findPhotosBelow(path) : await findPhotos([path]);
    const found = all.filter((photo) => !DEPTH.test(photo));
    if (found.length === 0) throw new InputError(`${path}: no photos in it or in its folders`);
    for (const photo of found) photos.set(absolutePath(photo), photo);
  }
  return [...photos.values()];
}
