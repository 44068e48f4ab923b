import { absolutePath, joinPath, listFolders, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import { findPhotos } from "../images/find-photos.ts";

/** What data sets keep beside the photo `NAME.color.png`. */
const DEPTH = /\.depth\.png$/i;

/**
 * The photos that files and folders name, those in folders of folders included, each once; depth maps `*.depth.png` are none.
 * Throws an `InputError` for a path that is not there or has none.
 */
export async function photosBelow(paths: readonly string[]): Promise<readonly string[]> {
  const photos = new Map<string, string>();
  for (const path of paths) {
    const found = (await photosAt(path)).filter((photo) => !DEPTH.test(photo));
    if (found.length === 0) throw new InputError(`${path}: no photos in it or in its folders`);
    for (const photo of found) photos.set(absolutePath(photo), photo);
  }
  return [...photos.values()];
}

async function photosAt(path: string): Promise<readonly string[]> {
  const content = await pathContent(path);
  if (content.kind !== "folder") return findPhotos([path]);
  const own = content.files.length > 0 ? await findPhotos([path]).catch(noneOrThrow) : [];
  const folders = await listFolders(path);
  return [...own, ...(await Promise.all(folders.map((name) => photosAt(joinPath(path, name))))).flat()];
}

/** A folder may have other files than photos. */
function noneOrThrow(error: unknown): readonly string[] {
  if (error instanceof InputError) return [];
  throw error;
}
