import { absolutePath, joinPath, listFolders, pathContent } from "#platform";
import { InputError } from "../core/errors.ts";

/** The extensions by which photos are recognized in a folder; a file given by itself may have any. */
export const PHOTO_EXTENSIONS: readonly string[] = [
  "jpg",
  "jpeg",
  "jpe",
  "jfif",
  "jif",
  "mpo",
  "png",
  "apng",
  "webp",
  "avif",
  "heic",
  "heif",
  "hif",
  "tif",
  "tiff",
  "gif",
];

/** Lines of an error: nobody reads more. */
const MOST_TOLD = 50;

/**
 * The photos that a list of files and folders names: a folder's photos (not those of its folders) sorted by name with
 * numbers in their natural order, each file once. Throws one `InputError` for everything that cannot be found, the
 * first of it by name.
 */
export async function findPhotos(paths: readonly string[]): Promise<string[]> {
  const photos = new Map<string, string>();
  const problems: string[] = [];
  if (paths.length === 0) problems.push("no photos: give at least one photo, or a folder of photos");
  for (const path of paths) {
    const content = await pathContent(path);
    if (content.kind === "missing") problems.push(`${path}: no such file or folder`);
    const found = content.kind === "file" ? [path] : content.kind === "folder" ? photosOf(content.files) : [];
    if (content.kind === "folder" && found.length === 0) {
      problems.push(await withoutPhotos(path));
    }
    for (const photo of found) {
      const key = absolutePath(photo);
      if (!photos.has(key)) photos.set(key, photo);
    }
  }
  if (problems.length > MOST_TOLD)
    problems.splice(MOST_TOLD - 1, problems.length, `and ${problems.length - MOST_TOLD + 1} more`);
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  return [...photos.values()];
}

/** What to do about a folder without photos: those of its folders are not taken unasked. */
async function withoutPhotos(folder: string): Promise<string> {
  const below = await findPhotosBelow(folder);
  if (below.length === 0) return `${folder}: a folder without photos (looked for ${PHOTO_EXTENSIONS.join(", ")})`;
  const folders: string[] = [];
  for (const name of await listFolders(folder))
    if ((await findPhotosBelow(joinPath(folder, name))).length > 0) folders.push(joinPath(folder, name));
  const named = folders.length > 3 ? `${folders.slice(0, 3).join(" ")} …` : folders.join(" ");
  return `${folder}: has no photos of its own, but ${below.length} in its folders; give these folders: ${named}`;
}

/** The photos in a folder and in all folders below it, each folder's sorted as `findPhotos` does; none where there is no such folder. */
export async function findPhotosBelow(folder: string): Promise<string[]> {
  const content = await pathContent(folder);
  if (content.kind !== "folder") return [];
  const below = (await listFolders(folder)).map((name) => findPhotosBelow(joinPath(folder, name)));
  return [...photosOf(content.files), ...(await Promise.all(below)).flat()];
}

const byName = new Intl.Collator("en", { numeric: true });

function photosOf(files: readonly string[]): string[] {
  // Dot files are what macOS leaves beside photos on foreign disks (`._IMG_1.jpg`).
  const photo = new RegExp(`(^|[\\\\/])[^.\\\\/][^\\\\/]*\\.(${PHOTO_EXTENSIONS.join("|")})$`, "i");
  return files.filter((file) => photo.test(file)).sort(byName.compare);
}
