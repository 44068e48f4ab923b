import type { ByteSource } from "../../core/byte-source.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import { isPrivate, privateFile, privateFolder, writePrivateFile } from "./private-files.ts";

/** A file opened for reading at any place. */
export interface OpenFile extends ByteSource {
  /** No read may follow. */
  close(): Promise<void>;
}

/** What lies at a path: a file, a folder with the paths of its files, or nothing. */
export type PathContent =
  | { readonly kind: "file" }
  | { readonly kind: "folder"; readonly files: readonly string[] }
  | { readonly kind: "missing" };

/** Files that the page gave, by the path they were given here. */
const provided = new Map<string, Blob>();

/** Makes a Blob the file of a path; nothing of it is read. */
export function provideFile(path: string, content: Blob): void {
  provided.set(path, content);
}

/** A file as another worker can be sent it, by reference; a browser's workers have no paths in common. */
export async function sharedFile(path: string): Promise<Blob> {
  const found = provided.get(path) ?? (isPrivate(path) ? await privateFile(path) : undefined);
  if (found === undefined) throw new InputError(`${path}: there is no such file`);
  return found;
}

/** Opens a file for reading; nothing is read yet. Throws an `InputError` when there is none. */
export async function openFile(path: string): Promise<OpenFile> {
  const blob = await sharedFile(path);
  const { size } = blob;
  return {
    name: path,
    size,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size) {
        throw new RangeError(`${path}: bytes ${offset}..${offset + length} lie outside of its ${size} bytes`);
      }
      return new Uint8Array(await contentOf(path, blob.slice(offset, offset + length)));
    },
    async close() {},
  };
}

/** All bytes of a file; an `InputError` when there is none, or it cannot be read any more. */
export async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await contentOf(path, await sharedFile(path)));
}

/** The whole of a small text file, undefined when there is none; an `InputError` above `limit` bytes. */
export async function readText(path: string, limit: number = 2 ** 20): Promise<string | undefined> {
  if ((await pathContent(path)).kind !== "file") return undefined;
  const blob = await sharedFile(path);
  if (blob.size > limit) throw new InputError(`${path} has ${blob.size} bytes; at most ${limit} were expected`);
  return new TextDecoder().decode(await contentOf(path, blob));
}

/** Writes a small text file to the private file system. */
export async function writeText(path: string, text: string): Promise<void> {
  await writePrivateFile(path, new Blob([text]));
}

/** What lies at a path. */
export async function pathContent(path: string): Promise<PathContent> {
  if (provided.has(path)) return { kind: "file" };
  const below = [...provided.keys()].filter((file) => file.startsWith(`${path}/`));
  if (below.length > 0) return { kind: "folder", files: below.filter((file) => parentOf(file) === path) };
  if (!isPrivate(path)) return { kind: "missing" };
  if ((await privateFile(path)) !== undefined) return { kind: "file" };
  const folder = await privateFolder(path);
  if (folder === undefined) return { kind: "missing" };
  return { kind: "folder", files: (await entriesOf(folder, "file")).map((name) => `${path}/${name}`) };
}

/** Names of the folders in a folder, sorted; none where there is no such folder. */
export async function listFolders(folder: string): Promise<readonly string[]> {
  const below = [...provided.keys()].filter((file) => file.startsWith(`${folder}/`));
  const names = below.map((file) => file.slice(folder.length + 1).split("/")).filter((rest) => rest.length > 1);
  const stored = isPrivate(folder) ? await privateFolder(folder) : undefined;
  const kept = stored === undefined ? [] : await entriesOf(stored, "directory");
  return [...new Set([...names.map(([name]) => name!), ...kept])].sort();
}

/** There are no links here. */
export async function realPath(path: string): Promise<string> {
  return path;
}

/** The same text for every way to write one path. */
export function absolutePath(path: string): string {
  return path;
}

/** The path of something within a folder. */
export function joinPath(folder: string, ...names: readonly string[]): string {
  return [folder, ...names].join("/");
}

/** The path of a file's neighbor in the same folder. */
export function siblingPath(path: string, name: string): string {
  return `${parentOf(path)}/${name}`;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

async function entriesOf(folder: FileSystemDirectoryHandle, kind: FileSystemHandle["kind"]): Promise<string[]> {
  const names: string[] = [];
  for await (const [name, handle] of folder.entries()) if (handle.kind === kind) names.push(decodeURIComponent(name));
  return names;
}

/** A file on disk may have been changed or removed since the page was given it. */
async function contentOf(path: string, blob: Blob): Promise<ArrayBuffer> {
  return await blob.arrayBuffer().catch((cause: Error) => {
    throw new FormatError(path, `cannot be read any more: ${cause.message}; choose it again`, { cause });
  });
}
