import { FormatError } from "../core/errors.ts";

/** What a file says of one photo. */
export interface PhotoEntry {
  readonly file: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** The file and the entry, for errors. */
  readonly where: string;
}

/**
 * The entries of a JSON value about photos: a list of objects with a `file` each, such a list under `images` (as in a
 * `scene.json`), or an object by file name. A `FormatError` names the entry that is none.
 */
export function photoEntries(value: unknown, path: string): PhotoEntry[] {
  const list = isRecord(value) && Array.isArray(value.images) ? value.images : value;
  if (Array.isArray(list)) {
    return list.map((fields: unknown, i) => {
      const where = `${path}: entry ${i}`;
      if (!isRecord(fields)) throw new FormatError(where, `an object is expected, found ${JSON.stringify(fields)}`);
      if (typeof fields.file !== "string" || fields.file === "") {
        throw new FormatError(where, `"file" is missing: the name of the photo is expected`);
      }
      return { file: fields.file, fields, where: `${where} (${fields.file})` };
    });
  }
  if (!isRecord(value)) throw new FormatError(path, `a list of photos is expected, found ${JSON.stringify(value)}`);
  return Object.entries(value).map(([file, fields]) => {
    const where = `${path}: "${file}"`;
    if (!isRecord(fields)) throw new FormatError(where, `an object is expected, found ${JSON.stringify(fields)}`);
    return { file, fields, where };
  });
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
