import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError } from "../../core/errors.ts";
import type { Picture } from "../../core/picture.ts";
import { readProblem } from "./read-error.ts";

/** What lies at a path: a file, a folder with the paths of its files (unsorted, not those of its folders), or nothing. */
export type PathContent =
  | { readonly kind: "file" }
  | { readonly kind: "folder"; readonly files: readonly string[] }
  | { readonly kind: "missing" };

/** Looks at a path; an `InputError` for a folder that may not be read. */
export async function pathContent(path: string): Promise<PathContent> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return { kind: "missing" };
  if (!found.isDirectory()) return { kind: "file" };
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: Error) => {
    throw new InputError(`${path}: the folder cannot be read: ${cause.message}`, { cause });
  });
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(path, entry.name));
  return { kind: "folder", files };
}

/** The same text for every way to write one path. */
export function absolutePath(path: string): string {
  return resolve(path);
}

/** Hex SHA-256 of a picture's bytes. */
export async function hashPicture(picture: Picture): Promise<string> {
  if (typeof picture === "string") return await hashFile(picture);
  return createHash("sha256").update(picture.bytes).digest("hex");
}

/** Hex SHA-256 of a file's bytes, which are never in memory at once; an `InputError` where it cannot be read. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    throw readProblem(path, error);
  }
  return hash.digest("hex");
}
