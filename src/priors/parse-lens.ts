import { FormatError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { Distortion } from "../core/lens.ts";
import { parseCalibrationRows } from "../formats/camera-matrices.ts";
import { entrySize, isRecord, type PhotoEntry } from "./photo-entries.ts";

/** What a camera may be, for errors. */
export const EXPECTED_LENS =
  'a camera is {"K": 3x3}, {"focal": f} or {"fx": …, "fy": …}, the last two optionally with "cx" and "cy"';

type Fields = PhotoEntry["fields"];

/**
 * The lens that a JSON object tells: `K`, a focal length, nerfstudio's fields, whose pixel centers are at 0.5, or Blender's field of
 * view; and distortion by OpenCV's coefficients, `k1`, `p1` and so on or as a list `distortion` in its order. A `FormatError`
 * that says where, for anything else and for models that cannot be undistorted.
 */
export function parseLens(fields: Fields, where: string): KnownLens {
  if (isRecord(fields.lens)) return parseLens(storedLens(fields.lens, fields), `${where}: lens`);
  return { ...pinholeOf(fields, where), size: entrySize(fields), distortion: distortionOf(fields, where) };
}

/** The lens of a photo in a `scene.json`, whose own `K` is of the photo with its lines made straight. */
function storedLens({ K, model, k, p }: Fields, { width, height }: Fields): Fields {
  const named = (letter: string, values: unknown) =>
    Array.isArray(values) ? values.map((value: unknown, i) => [`${letter}${i + 1}`, value]) : [];
  const coefficients = Object.fromEntries([...named("k", k), ...named("p", p)]);
  return { K, width, height, is_fisheye: model === "fisheye", ...coefficients };
}

function pinholeOf(fields: Fields, where: string): Pick<KnownLens, "fx" | "fy" | "inWidths" | "principalPoint"> {
  if (fields.K !== undefined) {
    const { fx, fy, cx, cy } = parseCalibrationRows(fields.K, `${where}: K`);
    return { fx, fy, principalPoint: [cx, cy] };
  }
  const number = (key: string): number | undefined => numberOf(fields, key, where);
  const angle = number("camera_angle_x");
  const isTransforms = fields.fl_x !== undefined || angle !== undefined;
  const inWidths = fields.fl_x === undefined && angle !== undefined;
  const fx = number("fl_x") ?? (angle === undefined ? (number("fx") ?? number("focal")) : 0.5 / Math.tan(angle / 2));
  const fy = number("fl_y") ?? number("fy") ?? fx;
  const [cx, cy] = [number("cx"), number("cy")];
  if (fx === undefined || fy === undefined) throw new FormatError(where, `no focal length; ${EXPECTED_LENS}`);
  if (!(fx > 0 && fy > 0)) throw new FormatError(where, `focal lengths of ${fx} and ${fy}; positive ones are expected`);
  if ((cx === undefined) !== (cy === undefined)) throw new FormatError(where, `"cx" and "cy" come together`);
  const half = isTransforms ? 0.5 : 0;
  return {
    fx,
    fy,
    ...(inWidths ? { inWidths } : {}),
    principalPoint: cx === undefined || cy === undefined ? undefined : [cx - half, cy - half],
  };
}

/** The models that the coefficients may be said to be of. */
const RADIAL = ["SIMPLE_PINHOLE", "PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV", "PERSPECTIVE"];
const FISHEYE = ["OPENCV_FISHEYE", "FISHEYE"];

/** OpenCV's order of coefficients. */
const ORDER = ["k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6"];
const FISHEYE_ORDER = ["k1", "k2", "k3", "k4"];

function distortionOf(fields: Fields, where: string): Distortion | undefined {
  const { camera_model: named = "OPENCV", is_fisheye: isFisheye = false, distortion: list } = fields;
  const model = String(named).toUpperCase();
  const fisheye = isFisheye === true || FISHEYE.includes(model);
  if (!fisheye && !RADIAL.includes(model)) {
    throw new FormatError(where, `cameras of the model ${model} cannot be undistorted`);
  }
  const order = fisheye ? FISHEYE_ORDER : ORDER;
  if (list !== undefined && !(Array.isArray(list) && list.length <= order.length)) {
    throw new FormatError(
      where,
      `"distortion": a list of up to ${order.length} numbers is expected (${order.join(", ")})`,
    );
  }
  const listed = Object.fromEntries((list ?? []).map((value: unknown, i: number) => [order[i]!, value]));
  const value = (key: string): number => numberOf({ ...listed, ...fields }, key, where) ?? 0;
  const k = ["k1", "k2", "k3", "k4", "k5", "k6"].map(value);
  if (fisheye) return { model: "fisheye", k: k.slice(0, 4) };
  if (fields.fl_x !== undefined && k[3] !== 0)
    throw new FormatError(where, `"k4" is ${k[3]}: cameras with it cannot be undistorted`);
  const p = [value("p1"), value("p2")] as const;
  return [...k, ...p].every((coefficient) => coefficient === 0) ? undefined : { model: "radial", k, p };
}

function numberOf(fields: Fields, key: string, where: string): number | undefined {
  const value = fields[key];
  if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
  throw new FormatError(where, `"${key}": a number is expected, found ${JSON.stringify(value)}`);
}
