import { FormatError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";

/** A file's entry of one photo. */
export interface PhotoEntry {
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file and the entry, for errors. */
  readonly where: string;
}

/**
 * The entries of a JSON value about photos: a list of objects with a `file` each, such a list under `images` (as in a
 * `scene.json`), an object by file name, or the `frames` of a `transforms.json` with what they have in common. A `FormatError` names the entry that is none, or a file that is listed twice.
 */
export function photoEntries(value: unknown, path: string): PhotoEntry[] {
  if (isRecord(value) && Array.isArray(value.frames))
    return distinct(transformsEntries(value, value.frames, path), path);
  const list = isRecord(value) && Array.isArray(value.images) ? value.images : value;
  if (Array.isArray(list)) return distinct(listEntries(list, { key: "file", entry: "entry", path }), path);
  if (!isRecord(value)) throw new FormatError(path, `a list of photos is expected, found ${JSON.stringify(value)}`);
  return Object.entries(value).map(([file, fields]) => {
    const where = `${path}: "${file}"`;
    if (!isRecord(fields)) throw new FormatError(where, `an object is expected, found ${JSON.stringify(fields)}`);
    return { file, fields, where };
  });
}

/** What all frames of a `transforms.json` have in common stands beside them. */
function transformsEntries(value: Readonly<Record<string, unknown>>, frames: unknown[], path: string): PhotoEntry[] {
  const { frames: _, ...common } = value;
  const entries = listEntries(frames, { key: "file_path", entry: "frame", path });
  return entries.map(({ fields, ...entry }) => ({ ...entry, fields: { ...common, ...fields } }));
}

function listEntries(
  list: readonly unknown[],
  { key, entry, path }: { readonly key: string; readonly entry: string; readonly path: string },
): PhotoEntry[] {
  return list.map((fields, i) => {
    const where = `${path}: ${entry} ${i}`;
    if (!isRecord(fields)) throw new FormatError(where, `an object is expected, found ${JSON.stringify(fields)}`);
    const file = fields[key];
    if (typeof file !== "string" || file === "") {
      throw new FormatError(where, `"${key}" is missing: the name of the photo is expected`);
    }
    return { file, fields, where: `${where} (${file})` };
  });
}

function distinct(entries: PhotoEntry[], path: string): PhotoEntry[] {
  const files = new Set<string>();
  for (const { file } of entries) {
    if (files.has(file))
      throw new FormatError(path, `speaks of ${file} twice; names need the folders that tell photos apart`);
    files.add(file);
  }
  return entries;
}

/** The size of its photo that an entry says, if it does. */
export function entrySize({ width, height, w = width, h = height }: PhotoEntry["fields"]): Size | undefined {
  const isSide = (side: unknown): side is number => typeof side === "number" && side >= 1;
  return isSide(w) && isSide(h) ? { width: w, height: h } : undefined;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
