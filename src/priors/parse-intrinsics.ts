import { FormatError } from "../core/errors.ts";
import type { KnownLenses } from "../core/known-lens.ts";
import { parseJsonText } from "../formats/json-text.ts";
import { EXPECTED_LENS, parseLens } from "./parse-lens.ts";
import { isRecord, photoEntries } from "./photo-entries.ts";

/**
 * Intrinsics from JSON, in pixels of the original photos: one camera for all of them, or cameras by photo as `photoEntries` finds
 * them: in a list, a `scene.json`, an object by file name, or a `transforms.json`. Entries without anything known (`"K": null`)
 * are left out. Throws a `FormatError` that names the entry and field.
 */
export function parseIntrinsics(text: string, path: string): KnownLenses {
  const value = parseJsonText(text, path);
  if (isRecord(value) && isCamera(value)) return { shared: parseLens(value, path), byPhoto: new Map() };
  const entries = photoEntries(value, path).filter(({ fields }) => fields.K !== null);
  const byPhoto = new Map(entries.map(({ file, fields, where }) => [file, parseLens(fields, where)]));
  if (byPhoto.size === 0) throw new FormatError(path, `holds no camera; ${EXPECTED_LENS}`);
  return { shared: undefined, byPhoto };
}

function isCamera(fields: Readonly<Record<string, unknown>>): boolean {
  if (Array.isArray(fields.frames)) return false;
  return ["K", "focal", "fx", "fl_x", "camera_angle_x"].some((key) => key in fields && !isRecord(fields[key]));
}
