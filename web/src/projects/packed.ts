/** Typed arrays that are packed, by name. */
const ARRAYS = { Float32Array, Float64Array, Uint8Array, Uint16Array, Uint32Array, Int32Array } as const;
type ArrayName = keyof typeof ARRAYS;

/** Stands for a typed array in the text. */
interface Reference {
  readonly $array: ArrayName;
  readonly at: number;
  readonly length: number;
}

/** Each array begins at a multiple of it. */
const ALIGNMENT = 8;

/**
 * A value of plain objects, arrays, finite numbers, texts and typed arrays as bytes: the length of a JSON text as a 32-bit number,
 * little-endian, the text, and the arrays' bytes. Fields that are undefined are left out.
 */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let end = 0;
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (!ArrayBuffer.isView(part)) return part;
    const name = part.constructor.name as ArrayName;
    if (!(name in ARRAYS)) throw new TypeError(`a ${name} cannot be packed`);
    const reference: Reference = { $array: name, at: end, length: part.byteLength / ARRAYS[name].BYTES_PER_ELEMENT };
    arrays.push({ at: end, bytes: new Uint8Array(part.buffer, part.byteOffset, part.byteLength) });
    end = roundUp(end + part.byteLength);
    return reference;
  });
  const head = new TextEncoder().encode(text);
  const start = roundUp(4 + head.length);
  const packed = new Uint8Array(start + end);
  new DataView(packed.buffer).setUint32(0, head.length, true);
  packed.set(head, 4);
  for (const { at, bytes } of arrays) packed.set(bytes, start + at);
  return packed;
}

/** The value that was packed. Its typed arrays are copies. */
export function unpack(packed: ArrayBuffer): unknown {
  const length = new DataView(packed).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(packed, 4, length));
  const start = roundUp(4 + length);
  return JSON.parse(text, (_, part: unknown) => {
    if (!isReference(part)) return part;
    const TypedArray = ARRAYS[part.$array];
    const from = start + part.at;
    return new TypedArray(packed.slice(from, from + part.length * TypedArray.BYTES_PER_ELEMENT));
  });
}

function isReference(part: unknown): part is Reference {
  return typeof part === "object" && part !== null && "$array" in part;
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
