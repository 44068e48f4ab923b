import { FormatError } from "../core/errors.ts";
import type { KnownLens, KnownLenses } from "../core/known-lens.ts";
import { parseCalibrationRows } from "../formats/camera-matrices.ts";
import { parseJsonText } from "../formats/json-text.ts";
import { isRecord, photoEntries } from "./photo-entries.ts";

const EXPECTED =
  'a camera is {"K": 3x3}, {"focal": f} or {"fx": …, "fy": …}, the last two optionally with "cx" and "cy"';

/**
 * Intrinsics from JSON, in pixels of the original photos: one camera for all of them, or a list of cameras with a `file`
 * each, which may stand under `images` as in a `scene.json`, or an object of cameras by file name. Entries without
 * anything known (`"K": null`) are left out. Throws a `FormatError` that names the entry and field.
 */
export function parseIntrinsics(text: string, path: string): KnownLenses {
  const value = parseJsonText(text, path);
  if (isRecord(value) && isCamera(value)) return { shared: parseLens(value, path), byPhoto: new Map() };
  const entries = photoEntries(value, path).filter(({ fields }) => fields.K !== null);
  const byPhoto = new Map(entries.map(({ file, fields, where }) => [file, parseLens(fields, where)]));
  if (byPhoto.size === 0) throw new FormatError(path, `holds no camera; ${EXPECTED}`);
  return { shared: undefined, byPhoto };
}

function isCamera(fields: Readonly<Record<string, unknown>>): boolean {
  return ["K", "focal", "fx"].some((key) => key in fields && !isRecord(fields[key]));
}

function parseLens(fields: Readonly<Record<string, unknown>>, where: string): KnownLens {
  if (fields.K !== undefined) {
    const { fx, fy, cx, cy } = parseCalibrationRows(fields.K, `${where}: K`);
    return { fx, fy, principalPoint: [cx, cy] };
  }
  const number = (key: string): number | undefined => {
    const value = fields[key];
    if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
    throw new FormatError(where, `"${key}": a number is expected, found ${JSON.stringify(value)}`);
  };
  const fx = number("fx") ?? number("focal");
  const fy = number("fy") ?? fx;
  const [cx, cy] = [number("cx"), number("cy")];
  if (fx === undefined || fy === undefined) throw new FormatError(where, `no focal length; ${EXPECTED}`);
  if (!(fx > 0 && fy > 0)) throw new FormatError(where, `focal lengths of ${fx} and ${fy}; positive ones are expected`);
  if ((cx === undefined) !== (cy === undefined)) throw new FormatError(where, `"cx" and "cy" come together`);
  return { fx, fy, principalPoint: cx === undefined || cy === undefined ? undefined : [cx, cy] };
}
