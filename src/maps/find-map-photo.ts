import { joinPath, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";
import { PHOTO_EXTENSIONS } from "../images/find-photos.ts";

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
 * The file of a map's photo: by its name or, as copies may have another format, its name with another extension. Throws
 * an `InputError` that says where it was looked for.
 */
export async function findMapPhoto(name: string, { map, photos }: PhotoPlaces): Promise<string> {
  const folders = photos === undefined ? FOLDERS.map((folder) => joinPath(map, folder)) : [photos];
  const stem = name.replace(/(?<=.)\.[^./\\]*$/, "");
  const names = [
    name,
    ...PHOTO_EXTENSIONS.flatMap((extension) => [`${stem}.${extension}`, `${stem}.${extension.toUpperCase()}`]),
  ];
  for (const folder of folders) {
    for (const candidate of names) {
      const path = joinPath(folder, candidate);
      if ((await pathContent(path)).kind === "file") return path;
    }
  }
  throw new InputError(
    `${map}: its photo ${name} was not found in ${folders.join(", ")}; say in which folder the photos are`,
    { remedies: ["photos"] },
  );
}
