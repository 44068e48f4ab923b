import { joinPath, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import { photoNamed, stemOf } from "../core/photo-names.ts";
import { findPhotosBelow, PHOTO_EXTENSIONS } from "../images/find-photos.ts";

/** Where the programs that write maps put the photos, relative to the map. */
const FOLDERS = [".", "images", "photos", "colmap/images", "../images", "../../images"];

/** Where a map's photos may be. */
export interface PhotoPlaces {
  /** The map's folder. */
  readonly map: string;
  /** A folder that the user named. */
  readonly photos?: string | undefined;
}

/**
 * The file of a map's photo: by its name or, as copies may have another format, its name with another extension. In a folder
 * that the user named, names that were made unique by their folders are found in these. Throws an `InputError` that says
 * where it was looked for, or which files it may be.
 */
export async function findMapPhoto(name: string, { map, photos }: PhotoPlaces): Promise<string> {
  const folders = photos === undefined ? FOLDERS.map((folder) => joinPath(map, folder)) : [photos];
  const extensions = PHOTO_EXTENSIONS.flatMap((extension) => [extension, extension.toUpperCase()]);
  const names = [name, ...extensions.map((extension) => `${stemOf(name)}.${extension}`)];
  for (const folder of folders) {
    for (const candidate of names) {
      const path = joinPath(folder, candidate);
      if ((await pathContent(path)).kind === "file") return path;
    }
  }
  const below = photos === undefined ? [] : await findPhotosBelow(photos);
  const found = photoNamed(
    name,
    below.map((path) => ({ name: path, path })),
    `${map}: its photos in ${photos}`,
  );
  if (found !== undefined) return below[found]!;
  throw new InputError(
    `${map}: its photo ${name} was not found in ${folders.join(", ")}; say in which folder the photos are`,
    { remedies: ["photos"] },
  );
}

/** The lens that a map's photo has in a file: the copies that this program writes for others have their lines straight already. */
export function lensOfFile(lens: KnownLens | null, path: string): KnownLens | undefined {
  return lens === null || /colmap[\\/]images[\\/][^\\/]+$/.test(path) ? undefined : lens;
}
