import { unzlibSync } from "fflate";
import { FormatError } from "../core/errors.ts";

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
const COMPRESSED = 15;
const MATRIX = 14;
/** Array classes from double to uint32; cells, structures and texts are others. */
const NUMERIC = { from: 6, to: 13 } as const;

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
    const matrix = element.type === COMPRESSED ? elementAt(inflate(element.content, path), 0, path) : element;
    if (matrix.type !== MATRIX) continue;
    const named = matrixOf(matrix.content, path);
    if (named !== undefined) arrays.set(named.name, named.array);
  }
  return arrays;
}

/** One numeric array of a MAT-file; a `FormatError` where it is not there. */
export function requireArray(arrays: ReadonlyMap<string, MatArray>, name: string, path: string): MatArray {
  const array = arrays.get(name);
  if (array !== undefined) return array;
  throw new FormatError(path, `has no array ${name}, only ${[...arrays.keys()].join(", ") || "none"}`);
}

function matrixOf(content: Uint8Array, path: string): { name: string; array: MatArray } | undefined {
  const flags = elementAt(content, 0, path);
  const dimensions = elementAt(content, flags.end, path);
  const label = elementAt(content, dimensions.end, path);
  const arrayClass = flags.content[0] ?? 0;
  if (arrayClass < NUMERIC.from || arrayClass > NUMERIC.to) return undefined;
  const values = elementAt(content, label.end, path);
  const name = new TextDecoder("latin1").decode(label.content);
  const Stored = STORED[values.type];
  if (Stored === undefined) throw new FormatError(path, `${name} is stored as numbers of type ${values.type}`);
  const shape = [...new Int32Array(copied(dimensions.content, 4))];
  const data = new Stored(copied(values.content, values.type === 9 ? 8 : 4));
  const count = shape.reduce((product, size) => product * size, 1);
  if (data.length < count) throw new FormatError(path, `${name} is [${shape}] but holds ${data.length} values`);
  return { name, array: { shape, data: data.subarray(0, count) } };
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

function inflate(content: Uint8Array, path: string): Uint8Array {
  try {
    return unzlibSync(content);
  } catch (cause) {
    throw new FormatError(path, `is damaged: ${(cause as Error).message}`, { cause });
  }
}
