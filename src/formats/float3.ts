import { FormatError } from "../core/errors.ts";

/** An array of floats; the last index runs fastest. */
export interface Float3Array {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Long enough for any header that is one. */
const MOST_HEADER_BYTES = 200;

/**
 * The array in a `.float3` file, as the Freiburg data sets have them: the line `float`, the number of dimensions and
 * each of them, the fastest first, as lines of text, then the floats, little-endian.
 */
export function decodeFloat3(bytes: Uint8Array, path: string): Float3Array {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, MOST_HEADER_BYTES));
  const [opening, count] = /^float\n([1-4])\n/.exec(start) ?? [];
  const head = opening === undefined ? null : new RegExp(`^(\\d+\\n){${count}}`).exec(start.slice(opening.length));
  if (opening === undefined || head === null) {
    throw new FormatError(
      path,
      "not a float3 file: expected the lines float, a number of dimensions, and each of them",
    );
  }
  const shape = head[0].trim().split("\n").map(Number).reverse();
  const offset = opening.length + head[0].length;
  const expected = 4 * shape.reduce((product, size) => product * size, 1);
  if (bytes.length - offset !== expected) {
    const problem = `[${shape}] floats take ${expected} bytes, found ${bytes.length - offset}`;
    throw new FormatError(path, problem, { offset });
  }
  // The copy aligns them.
  return { shape, data: new Float32Array(new Uint8Array(bytes.subarray(offset)).buffer) };
}
