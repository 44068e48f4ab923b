import { FormatError } from "../core/errors.ts";
import { checkShape, sizeOf } from "./array-shape.ts";
import { inflateExactly, inflateStart } from "./inflate.ts";

/** A numeric array of MATLAB, column-major as MATLAB keeps it: element (i, j, k) is `data[i + rows * (j + columns * k)]`. */
export interface MatArray {
  readonly shape: readonly number[];
  readonly data: MatNumbers;
}

type MatNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

const HEADER = 128;
/** Type and length, before every content. */
const TAG = 8;
const COMPRESSED = 15;
const MATRIX = 14;
/** Array classes from double to uint32; cells, structures and texts are others. */
const NUMERIC = { from: 6, to: 13 } as const;
/** Holds all of a matrix but its values: flags, shape and name. */
const MOST_HEAD_BYTES = 2 ** 10;
/** Values are doubles at most, and elements filled up to eight bytes. */
const MOST_VALUE_BYTES = 8;

/** What MATLAB calls types of stored numbers; a double array of small whole numbers is stored as bytes. */
const STORED: Readonly<Record<number, new (buffer: ArrayBuffer) => MatNumbers>> = {
  1: Int8Array,
  2: Uint8Array,
  3: Int16Array,
  4: Uint16Array,
  5: Int32Array,
  6: Uint32Array,
  7: Float32Array,
  9: Float64Array,
};

/** A level 5 MAT-file's element: a type, and where its content lies. */
interface Element {
  readonly type: number;
  readonly content: Uint8Array;
  readonly end: number;
}

/**
 * The numeric arrays in a MAT-file of MATLAB 5 to 7.2 (little-endian, compressed or not) by name; other variables are left
 * out. A `FormatError` names the file for anything else: a version 7.3 file is HDF5.
 */
export function readMat5(bytes: Uint8Array, path: string): ReadonlyMap<string, MatArray> {
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, HEADER));
  if (!header.startsWith("MATLAB 5.0 MAT-file") || bytes.length < HEADER || header.slice(126) !== "IM") {
    throw new FormatError(path, "no little-endian MAT-file of version 5 (a version 7.3 file is HDF5)");
  }
  const arrays = new Map<string, MatArray>();
  for (let at = HEADER; at < bytes.length; ) {
    const element = elementAt(bytes, at, path);
    at = element.end;
    const content = element.type === COMPRESSED ? inflateMatrix(element.content, path) : element.content;
    if (element.type !== COMPRESSED && element.type !== MATRIX) continue;
    const head = content && readHead(content, path);
    if (head !== undefined) arrays.set(head.name, readValues(content!, head, path));
  }
  return arrays;
}

/** One numeric array of a MAT-file; a `FormatError` where it is not there. */
export function requireArray(arrays: ReadonlyMap<string, MatArray>, name: string, path: string): MatArray {
  const array = arrays.get(name);
  if (array !== undefined) return array;
  throw new FormatError(path, `has no array ${name}, only ${[...arrays.keys()].join(", ") || "none"}`);
}

/** What stands before the values of a matrix. */
interface MatrixHead {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly end: number;
}

/** Undefined for what is not numeric. */
function readHead(content: Uint8Array, path: string): MatrixHead | undefined {
  const flags = elementAt(content, 0, path);
  const arrayClass = flags.content[0] ?? 0;
  if (arrayClass < NUMERIC.from || arrayClass > NUMERIC.to) return undefined;
  const dimensions = elementAt(content, flags.end, path);
  const label = elementAt(content, dimensions.end, path);
  const name = new TextDecoder("latin1").decode(label.content);
  const shape = [...new Int32Array(copied(dimensions.content, 4))];
  checkShape(shape, `${path}: ${name}`);
  return { name, shape, end: label.end };
}

function readValues(content: Uint8Array, { name, shape, end }: MatrixHead, path: string): MatArray {
  const values = elementAt(content, end, path);
  const Stored = STORED[values.type];
  if (Stored === undefined) throw new FormatError(path, `${name} is stored as numbers of type ${values.type}`);
  const data = new Stored(copied(values.content, values.type === 9 ? 8 : 4));
  const count = sizeOf(shape);
  if (data.length < count) throw new FormatError(path, `${name} is [${shape}] but holds ${data.length} values`);
  return { shape, data: data.subarray(0, count) };
}

/** The content of a compressed matrix; undefined for other elements and for what is not numeric, which is not unpacked. */
function inflateMatrix(packed: Uint8Array, path: string): Uint8Array | undefined {
  const source = { wrapping: "zlib", path } as const;
  const start = inflateStart(packed, MOST_HEAD_BYTES, source);
  if (start.length < TAG) throw new FormatError(path, "is cut off");
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint32(0, true) !== MATRIX) return undefined;
  const head = readHead(start.subarray(TAG), path);
  if (head === undefined) return undefined;
  const size = view.getUint32(4, true);
  const most = head.end + TAG + MOST_VALUE_BYTES * (sizeOf(head.shape) + 1);
  if (size > most) throw new FormatError(path, `${head.name} is [${head.shape}], and claims ${size} bytes`);
  return inflateExactly(packed, TAG + size, source).subarray(TAG);
}

/** The element at an offset; small ones keep their content within the tag, the others begin at multiples of 8. */
function elementAt(bytes: Uint8Array, at: number, path: string): Element {
  if (at + 8 > bytes.length) throw new FormatError(path, "is cut off", { offset: at });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = view.getUint32(at, true);
  const small = tag >>> 16;
  if (small > 0) return { type: tag & 0xffff, content: bytes.subarray(at + 4, at + 4 + small), end: at + 8 };
  const size = view.getUint32(at + 4, true);
  const start = at + 8;
  if (start + size > bytes.length) throw new FormatError(path, "is cut off", { offset: at });
  // Only compressed elements are not padded.
  const end = tag === COMPRESSED ? start + size : start + Math.ceil(size / 8) * 8;
  return { type: tag, content: bytes.subarray(start, start + size), end };
}

/** A copy that is aligned, filled up to whole numbers of some bytes. */
function copied(content: Uint8Array, unit: number): ArrayBuffer {
  const copy = new Uint8Array(Math.ceil(content.length / unit) * unit);
  copy.set(content);
  return copy.buffer;
}
