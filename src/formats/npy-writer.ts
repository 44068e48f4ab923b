import { sizeOf } from "./array-shape.ts";
import { codeOf, NPY_MAGIC, type NpyArray } from "./npy.ts";
import type { NumericArray } from "./tensor-entry.ts";

/** NumPy fills its headers up to a multiple of this. */
const ALIGNMENT = 64;

/** The bytes of an `.npy` file. Throws a `RangeError` when the data do not fill the shape. */
export function encodeNpy(shape: readonly number[], data: NpyArray["data"]): Uint8Array {
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`[${shape}] needs ${sizeOf(shape)} values, found ${data.length}`);
  }
  const { descr, packed } = ArrayBuffer.isView(data) ? describeNumbers(data) : packTexts(data);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = Math.ceil((NPY_MAGIC.length + 4 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(start + packed.byteLength).fill(0x20, 0, start);
  bytes.set(NPY_MAGIC);
  bytes.set([1, 0, (start - 10) & 255, (start - 10) >> 8], NPY_MAGIC.length);
  bytes.set(new TextEncoder().encode(dictionary), 10);
  bytes[start - 1] = 0x0a;
  bytes.set(new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength), start);
  return bytes;
}

interface Packed {
  readonly descr: string;
  readonly packed: ArrayBufferView;
}

function describeNumbers(data: NumericArray): Packed {
  return { descr: `${data.BYTES_PER_ELEMENT === 1 ? "|" : "<"}${codeOf(data)}`, packed: data };
}

/** Strings of equal length, filled up with zeros. */
function packTexts(texts: readonly string[]): Packed {
  const characters = texts.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const length = characters.reduce((most, { length }) => Math.max(most, length), 1);
  const packed = new Uint32Array(length * texts.length);
  for (const [i, codes] of characters.entries()) packed.set(codes, i * length);
  return { descr: `<U${length}`, packed };
}
