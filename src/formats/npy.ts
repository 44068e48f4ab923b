import { FormatError } from "../core/errors.ts";
import { checkShape, sizeOf } from "./array-shape.ts";
import { swapByteOrder } from "./byte-order.ts";
import { widenHalf } from "./float16.ts";
import type { NumericArray } from "./tensor-entry.ts";

/** An array as NumPy stores it. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. Halves are widened to floats, booleans are 0 and 1. */
  readonly data: NumericArray | readonly string[];
}

/** NumPy's type codes without their byte order. */
const VIEWS = {
  f8: Float64Array,
  f4: Float32Array,
  f2: Uint16Array,
  i8: BigInt64Array,
  i4: Int32Array,
  i2: Int16Array,
  i1: Int8Array,
  u8: BigUint64Array,
  u4: Uint32Array,
  u2: Uint16Array,
  u1: Uint8Array,
  b1: Uint8Array,
} as const;

type NumberCode = keyof typeof VIEWS;

/** 0x93 and NUMPY. */
export const NPY_MAGIC: Uint8Array = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** NumPy reads no longer ones either, unless it is told to trust the file. */
const MOST_HEADER_BYTES = 10_000;
const LARGEST_CODE_POINT = 0x10ffff;

/**
 * The array in an `.npy` file: numbers of any width and byte order, booleans, and strings. Throws a `FormatError` for
 * damaged files, and for arrays of records or Python objects, which only Python can read.
 */
export function decodeNpy(bytes: Uint8Array, path: string): NpyArray {
  const { text, offset } = npyHeader(bytes, path);
  const { code, byteOrder, fortranOrder, shape } = parseHeader(text, path);
  const data = decodeValues(bytes.subarray(offset), { code, byteOrder, shape }, path);
  return { shape, data: fortranOrder ? toRowMajor(data, shape) : data };
}

/** What packed values are. */
export interface PackedValues {
  /** NumPy's: a letter for the kind and a number for the size. */
  readonly code: string;
  /** `>` where the highest byte comes first. */
  readonly byteOrder: string;
  readonly shape: readonly number[];
}

/** Values that follow each other without gaps; a `FormatError` when they are of no type that can be read, or too few. */
export function decodeValues(
  body: Uint8Array,
  { code, byteOrder, shape }: PackedValues,
  path: string,
): NpyArray["data"] {
  const { partBytes, parts } = itemOf(code, path);
  checkShape(shape, path);
  const count = sizeOf(shape);
  if (parts === 0 && count > 0) throw new FormatError(path, `holds ${count} strings without a character`);
  const expected = partBytes * parts * count;
  if (body.length !== expected) {
    throw new FormatError(path, `[${shape}] of type ${code} takes ${expected} bytes, found ${body.length}`);
  }
  // The copy aligns them.
  const packed = byteOrder === ">" ? swapByteOrder(body, partBytes) : new Uint8Array(body);
  return isNumberCode(code) ? decodeNumbers(packed, code) : decodeTexts(packed, partBytes, { count, path });
}

/** A value of a type is so many parts of so many bytes: one number, or the characters of a string (four bytes or one). */
export function itemOf(code: string, path: string): { readonly partBytes: number; readonly parts: number } {
  if (isNumberCode(code)) return { partBytes: VIEWS[code].BYTES_PER_ELEMENT, parts: 1 };
  const [, kind, length] = /^([US])(\d+)$/.exec(code) ?? [];
  if (kind !== undefined) return { partBytes: kind === "U" ? 4 : 1, parts: Number(length) };
  throw new FormatError(path, `holds values of NumPy's type ${code}; numbers, booleans or strings are expected`);
}

/** The dictionary at the start of an `.npy` file, and where the values begin. */
export function npyHeader(bytes: Uint8Array, path: string): { readonly text: string; readonly offset: number } {
  if (bytes.length < 12 || NPY_MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new FormatError(path, "not a NumPy file");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const wide = bytes[6]! > 1;
  const start = wide ? 12 : 10;
  const offset = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  if (offset > start + MOST_HEADER_BYTES) throw new FormatError(path, `its header claims ${offset - start} bytes`);
  if (offset > bytes.length) {
    throw new FormatError(path, `its header ends at byte ${offset} and the file at ${bytes.length}`, { offset: 8 });
  }
  return { text: new TextDecoder().decode(bytes.subarray(start, offset)), offset };
}

interface NpyHeader {
  readonly code: string;
  readonly byteOrder: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

function parseHeader(dictionary: string, path: string): NpyHeader {
  const [, byteOrder = "", code] = /'descr':\s*'([<>|=]?)([^']*)'/.exec(dictionary) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(dictionary) ?? [];
  const [, sizes] = /'shape':\s*\(([\d\s,L]*)\)/.exec(dictionary) ?? [];
  if (code === undefined || order === undefined || sizes === undefined) {
    throw new FormatError(path, `expected one type, an order and a shape, found ${dictionary.slice(0, 200).trim()}`);
  }
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  return { code, byteOrder, fortranOrder: order === "True", shape };
}

function isNumberCode(code: string): code is NumberCode {
  return Object.hasOwn(VIEWS, code);
}

/** NumPy's code for the type of numbers in an array. */
export function codeOf(data: NumericArray): string {
  // Halves are floats in memory, so that plain integers of 16 bits are not taken for them.
  return Object.keys(VIEWS).find((name) => name !== "f2" && data instanceof VIEWS[name as NumberCode])!;
}

function decodeNumbers(packed: Uint8Array<ArrayBuffer>, code: NumberCode): NumericArray {
  const values = new VIEWS[code](packed.buffer);
  return code === "f2" ? widenHalf(values as Uint16Array) : values;
}

/** Strings of equal length, filled up with zeros. */
function decodeTexts(
  packed: Uint8Array<ArrayBuffer>,
  partBytes: number,
  { count, path }: { readonly count: number; readonly path: string },
): string[] {
  const parts = partBytes === 4 ? new Uint32Array(packed.buffer) : packed;
  const wrong = parts.find((part) => part > LARGEST_CODE_POINT);
  if (wrong !== undefined)
    throw new FormatError(path, `a string in it has a character ${wrong}, which there is none of`);
  const length = count === 0 ? 0 : parts.length / count;
  return Array.from({ length: count }, (_, i) => {
    const end = parts.subarray(i * length, (i + 1) * length).findLastIndex((part) => part !== 0) + 1;
    let text = "";
    for (let k = i * length; k < i * length + end; k++) text += String.fromCodePoint(parts[k]!);
    return text;
  });
}

/** Values stored with the first index running fastest, in the order where the last one does. */
function toRowMajor<T extends NumericArray | readonly string[]>(values: T, shape: readonly number[]): T {
  const result = values.slice() as T;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  for (let i = 0; i < values.length; i++) {
    let [rest, from] = [i, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    (result as { [index: number]: unknown })[i] = values[from];
  }
  return result;
}
