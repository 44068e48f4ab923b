/** A reader, and what to begin from when it is fed with mistakes. */
export interface FuzzTarget {
  /** Small files that it reads. */
  readonly files: readonly Uint8Array[];
  /** Reads all that is in a file. */
  read(bytes: Uint8Array): unknown;
  /** Makes checksums right again, behind which most mistakes would hide. */
  readonly repair?: (bytes: Uint8Array) => Uint8Array;
}

/** An iterator's values, so that a target may end in one. */
export async function drained<T>(values: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
