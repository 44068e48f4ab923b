import { Inflate, Unzlib } from "fflate";
import { FormatError } from "../core/errors.ts";

/** Where deflated bytes come from. */
export interface Deflated {
  /** What stands around them: a header and a checksum, or nothing, as in zip archives. */
  readonly wrapping: "zlib" | "none";
  /** The file, for the `FormatError`. */
  readonly path: string;
  /** Where they begin in the file. */
  readonly offset?: number;
}

const DECODERS = { zlib: Unzlib, none: Inflate } as const;

/** The largest expansion of deflate: a larger claim is a decompression bomb. */
export const MOST_EXPANSION = 1032;

/** Bytes unpacked at once, which bounds what is unpacked beyond a limit. */
const SLICE = 2 ** 14;

/**
 * Exactly the `size` bytes that a file's header promises. A `FormatError` for damaged ones, and as soon as there are
 * more: how much memory and time a small file can take is for its header to say and for its reader to judge.
 */
export function inflateExactly(packed: Uint8Array, size: number, source: Deflated): Uint8Array<ArrayBuffer> {
  if (size > MOST_EXPANSION * packed.length) {
    throw failure(source, `${packed.length} compressed bytes cannot hold the ${size} that its header promises`);
  }
  const bytes = new Uint8Array(size);
  const { length, overflows } = inflateInto(bytes, packed, source);
  if (overflows) throw failure(source, `its compressed data is longer than the ${size} bytes that its header promises`);
  if (length < size) {
    throw failure(
      source,
      `its compressed data is damaged: ${length} bytes instead of the ${size} that its header promises`,
    );
  }
  return bytes;
}

/** All that is there, where no header says how much that is; a `FormatError` when it is more than `most` bytes. */
export function inflateWithin(packed: Uint8Array, most: number, source: Deflated): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.min(most, MOST_EXPANSION * packed.length));
  const { length, overflows } = inflateInto(bytes, packed, source);
  if (overflows) throw failure(source, `its compressed data is longer than ${most} bytes, which none should be`);
  return bytes.subarray(0, length);
}

/** The first `most` bytes, or all where there are fewer. */
export function inflateStart(packed: Uint8Array, most: number, source: Deflated): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(most);
  return bytes.subarray(0, inflateInto(bytes, packed, source).length);
}

/** Fills `target`, and stops when there is more. */
function inflateInto(
  target: Uint8Array,
  packed: Uint8Array,
  source: Deflated,
): { readonly length: number; readonly overflows: boolean } {
  let length = 0;
  let overflows = false;
  const decoder = new DECODERS[source.wrapping]((bytes) => {
    const fitting = Math.min(bytes.length, target.length - length);
    overflows ||= fitting < bytes.length;
    target.set(bytes.subarray(0, fitting), length);
    length += fitting;
  });
  try {
    for (let at = 0; !overflows && (at === 0 || at < packed.length); at += SLICE) {
      decoder.push(packed.subarray(at, at + SLICE), at + SLICE >= packed.length);
    }
  } catch (cause) {
    throw failure(source, `its compressed data is damaged (${(cause as Error).message})`, cause);
  }
  return { length, overflows };
}

function failure({ path, offset }: Deflated, problem: string, cause?: unknown): FormatError {
  return new FormatError(path, problem, { cause, ...(offset === undefined ? {} : { offset }) });
}
