import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InputError, isUserError } from "../../core/errors.ts";
import { segmentsOf } from "../../core/photo-names.ts";
import type { NamedBytes, Picture } from "../../core/picture.ts";
import { uniqueNames } from "../../images/unique-names.ts";
import type { FindPhoto, PhotoRef } from "../photo-ref.ts";

/** Photos of a task, in a folder of their own. */
export interface PhotoFolder {
  readonly photos: readonly (Picture | NamedBytes)[];
  /** A message without the folder's name: paths as they were given. */
  given(text: string): string;
}

/**
 * Work on photos as files of a folder, since all of them may not fit in memory; in memory where the folder would change their names.
 * The folder is gone afterwards, and errors of the work name photos as they were given.
 */
export async function withPhotoFolder<T>(
  photos: readonly PhotoRef[],
  findPhoto: FindPhoto,
  work: (folder: PhotoFolder) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-photos-"));
  const given = (text: string) => text.replaceAll(`${folder}/`, "");
  try {
    const found = await photosIn(folder, photos, findPhoto);
    return await work({ photos: found, given }).catch((error: unknown) => {
      if (!isUserError(error)) throw error;
      throw new InputError(given(error.message), { cause: error, remedies: error.remedies });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function photosIn(
  folder: string,
  photos: readonly PhotoRef[],
  findPhoto: FindPhoto,
): Promise<readonly (Picture | NamedBytes)[]> {
  const paths = photos.map(({ path }) => join(folder, ...segmentsOf(path)));
  const names = uniqueNames(paths);
  const keepsNames = photos.every(({ name }, i) => name === names[i]) && new Set(paths).size === paths.length;
  const found: Picture[] = [];
  for (const [i, photo] of photos.entries()) {
    const picture = await findPhoto(photo);
    if (typeof picture === "string" || !keepsNames) found.push(picture);
    else {
      await mkdir(dirname(paths[i]!), { recursive: true });
      await writeFile(paths[i]!, picture.bytes);
      found.push(paths[i]!);
    }
  }
  return found;
}
