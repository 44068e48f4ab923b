import type { ByteSource } from "../core/byte-source.ts";
import { narrowToBfloat16, narrowToHalf, widenBfloat16, widenHalf } from "./float16.ts";

const VIEWS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const satisfies Readonly<Record<StoredElementType, unknown>>;

/** Number formats of stored tensors, by their safetensors names. */
export type StoredElementType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL";

/** Where one tensor's values lie in a file: row-major, little-endian, without gaps. */
export interface TensorEntry {
  readonly dtype: StoredElementType;
  readonly shape: readonly number[];
  /** Byte offset within the file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** A tensor's values in memory; halves and bfloat16 numbers are widened to floats. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | BigUint64Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

/** True for a dtype that these functions can read and write. */
export function isStoredElementType(name: unknown): name is StoredElementType {
  return typeof name === "string" && Object.hasOwn(VIEWS, name);
}

/** Bytes of one number. */
export function itemBytes(dtype: StoredElementType): number {
  return VIEWS[dtype].BYTES_PER_ELEMENT;
}

/** Bytes of a whole tensor. */
export function tensorBytes(tensor: { readonly dtype: StoredElementType; readonly shape: readonly number[] }): number {
  return tensor.shape.reduce((product, size) => product * size, itemBytes(tensor.dtype));
}

/** A tensor's values, row-major, in an array of their own. */
export async function readTensor(source: ByteSource, entry: TensorEntry): Promise<NumericArray> {
  const bytes = await source.read(entry.offset, entry.byteLength);
  // The copy aligns them: offsets in a file may be odd. (`slice` would not copy a Buffer.)
  const values = new VIEWS[entry.dtype](new Uint8Array(bytes).buffer);
  if (entry.dtype === "F16") return widenHalf(values as Uint16Array);
  if (entry.dtype === "BF16") return widenBfloat16(values as Uint16Array);
  return values;
}

/** A tensor's values as floats, whatever their stored format; F64 and wide integers are rounded. */
export async function readFloats(source: ByteSource, entry: TensorEntry): Promise<Float32Array> {
  const values = await readTensor(source, entry);
  if (values instanceof Float32Array) return values;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return Float32Array.from(values, Number);
  return Float32Array.from(values);
}

/**
 * Numbers as the bytes of a stored tensor; a view of `values` where they already are in that format. A `Uint16Array`
 * written as F16 or BF16 is taken for the bits of such numbers.
 */
export function encodeTensor(dtype: StoredElementType, values: NumericArray): Uint8Array {
  const encoded = encode(dtype, values);
  return new Uint8Array(encoded.buffer, encoded.byteOffset, encoded.byteLength);
}

function encode(dtype: StoredElementType, values: NumericArray): NumericArray {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    if (dtype === "I64" || dtype === "U64") return values;
    return encode(dtype, Float64Array.from(values, Number));
  }
  if (dtype === "F16" && !(values instanceof Uint16Array)) return narrowToHalf(values);
  if (dtype === "BF16" && !(values instanceof Uint16Array)) return narrowToBfloat16(values);
  if (dtype === "I64") return BigInt64Array.from(values, BigInt);
  if (dtype === "U64") return BigUint64Array.from(values, BigInt);
  const View = VIEWS[dtype] as Exclude<
    (typeof VIEWS)[StoredElementType],
    BigInt64ArrayConstructor | BigUint64ArrayConstructor
  >;
  return values instanceof View ? values : View.from(values);
}
