import { FormatError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { swapByteOrder } from "./byte-order.ts";

/** A picture of floats: `data` is `[height, width, channels]`, the top row first. */
export interface PfmImage extends Size {
  readonly channels: 1 | 3;
  readonly data: Float32Array;
}

/** Long enough for any header that is one. */
const MOST_HEADER_BYTES = 200;

/** The values of a Portable Float Map, of either byte order; a `FormatError` for anything else. */
export function decodePfm(bytes: Uint8Array, path: string): PfmImage {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, MOST_HEADER_BYTES));
  const header = /^(Pf|PF)\s+(\d+)\s+(\d+)\s+([-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s/.exec(start);
  if (header === null) throw new FormatError(path, "not a PFM file: expected Pf or PF, a width, a height and a scale");
  const [head, kind, ...numbers] = header;
  const [width, height, scale] = numbers.map(Number) as [number, number, number];
  const channels = kind === "PF" ? 3 : 1;
  const expected = 4 * width * height * channels;
  const body = bytes.subarray(head.length);
  if (body.length !== expected) {
    const problem = `${width}x${height}x${channels} floats take ${expected} bytes, found ${body.length}`;
    throw new FormatError(path, problem, { offset: head.length });
  }
  // The sign of the scale says the byte order; bytes are copied, which aligns them.
  const values = new Float32Array((scale > 0 ? swapByteOrder(body, 4) : new Uint8Array(body)).buffer);
  return { width, height, channels, data: flipRows(values, width * channels) };
}

/** The file's first row is the lowest. */
function flipRows(values: Float32Array, stride: number): Float32Array<ArrayBuffer> {
  const flipped = new Float32Array(values.length);
  for (let from = 0; from < values.length; from += stride) {
    flipped.set(values.subarray(from, from + stride), values.length - stride - from);
  }
  return flipped;
}
