import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { segmentsOf } from "../../core/photo-names.ts";
import type { NamedBytes, Picture } from "../../core/picture.ts";
import { uniqueNames } from "../../images/unique-names.ts";
import type { FindPhoto, PhotoRef } from "../photo-ref.ts";

/** Photos of a task, in a folder that is gone when this is disposed of. */
export interface PhotoFolder extends AsyncDisposable {
  readonly photos: readonly (Picture | NamedBytes)[];
  /** A message without the folder's name: paths as they were given. */
  given(text: string): string;
}

/** The photos as files of a folder, since all of them may not fit in memory; in memory where the folder would change their names. */
export async function photoFolder(photos: readonly PhotoRef[], findPhoto: FindPhoto): Promise<PhotoFolder> {
  const folder = await mkdtemp(join(tmpdir(), "dust3r-photos-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    return {
      photos: await photosIn(folder, photos, findPhoto),
      given: (text) => text.replaceAll(`${folder}/`, ""),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
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
