/**
 * The site's private file system (OPFS) by path, below `/opfs`. It outlives the page, and nothing else reads it. Browsers
 * may lack it in private windows: then nothing is there and nothing is kept.
 */

const ROOT = "/opfs/";

/** True for a path within the private file system. */
export function isPrivate(path: string): boolean {
  return path.startsWith(ROOT);
}

/** The folder of this path; undefined where there is none. */
export async function privateFolder(
  path: string,
  { create = false }: { readonly create?: boolean } = {},
): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    let folder = await navigator.storage.getDirectory();
    for (const name of namesOf(path)) folder = await folder.getDirectoryHandle(storedName(name), { create });
    return folder;
  } catch (error) {
    if (create) throw error;
    return undefined;
  }
}

/** The file of this path; undefined where there is none. */
export async function privateFile(path: string): Promise<File | undefined> {
  const [folder, name] = await placeOf(path);
  const handle = await folder?.getFileHandle(name).catch(() => undefined);
  return await handle?.getFile();
}

/** Writes a file whole or not at all, its folder included. */
export async function writePrivateFile(path: string, content: ReadableStream<Uint8Array> | Blob): Promise<void> {
  const [folder, name] = await placeOf(path, { create: true });
  const file = await (await folder!.getFileHandle(name, { create: true })).createWritable();
  // It appears when the stream closes, and not at all when that fails.
  const stream = content instanceof Blob ? content.stream() : content;
  try {
    await stream.pipeTo(file);
  } catch (error) {
    await removeIfEmpty(folder!, name);
    throw error;
  }
}

/** Removes a file, or a folder with all that is in it, where there is one. */
export async function removePrivate(path: string): Promise<void> {
  const [folder, name] = await placeOf(path);
  await folder?.removeEntry(name, { recursive: true }).catch(() => undefined);
}

async function placeOf(
  path: string,
  options?: { readonly create?: boolean },
): Promise<readonly [folder: FileSystemDirectoryHandle | undefined, name: string]> {
  const cut = path.lastIndexOf("/");
  return [await privateFolder(path.slice(0, cut), options), storedName(path.slice(cut + 1))];
}

async function removeIfEmpty(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  const file = await (await folder.getFileHandle(name)).getFile();
  if (file.size === 0) await folder.removeEntry(name);
}

function namesOf(path: string): string[] {
  return path
    .slice(ROOT.length)
    .split("/")
    .filter((name) => name !== "");
}

/** Some file systems below refuse other characters. */
function storedName(name: string): string {
  return encodeURIComponent(name).replaceAll("*", "%2A");
}
