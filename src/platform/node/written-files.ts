import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isWithin } from "./inner-path.ts";
import { hashFile } from "./photo-files.ts";

/** Lists what runs wrote to a folder, so that a later one knows which files it may replace. */
export const WRITTEN_LIST = ".dust3r-files.json";

/** How a file looked when it was written. */
export interface WrittenFile {
  /** The time of its last change in milliseconds. */
  readonly modified: number;
  /** In hex. */
  readonly sha256: string;
}

/** What runs wrote to a folder, by names relative to it with `/` between folders. */
export type WrittenFiles = ReadonlyMap<string, WrittenFile>;

/** Reads a folder's list: empty where there is none that can be read; entries that point elsewhere are left out. */
export async function readWrittenFiles(folder: string): Promise<WrittenFiles> {
  const text = await readFile(join(folder, WRITTEN_LIST), "utf8").catch(() => "{}");
  try {
    const entries = Object.entries((JSON.parse(text) ?? {}) as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, WrittenFile] => isWithin(entry[0]) && isRecord(entry[1])));
  } catch {
    return new Map();
  }
}

/** The text of a folder's list. */
export function formatWrittenFiles(files: WrittenFiles): string {
  return `${JSON.stringify(Object.fromEntries(files), null, 1)}\n`;
}

/** True while a path holds the very file that was written there: nobody changed it, or put something else in its place. */
export async function isAsWritten(path: string, written: WrittenFile | undefined): Promise<boolean> {
  if (written === undefined) return false;
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return false;
  // A copied folder has other times and the same content.
  return found.mtimeMs === written.modified || (await hashFile(path)) === written.sha256;
}

function isRecord(value: unknown): value is WrittenFile {
  const { modified, sha256 } = (value ?? {}) as Partial<WrittenFile>;
  return typeof modified === "number" && typeof sha256 === "string";
}
