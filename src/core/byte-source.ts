/** Random access to bytes that may be larger than memory: a file, a `Blob`, a ranged URL or a buffer. */
export interface ByteSource {
  /** What to call it in an error message: the path as the caller gave it. */
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; throws a `RangeError` when they lie outside of the source. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A `ByteSource` over bytes in memory; reads are views, not copies. */
export function bytesInMemory(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > bytes.length) {
        throw new RangeError(`${name}: bytes ${offset}..${offset + length} lie outside of its ${bytes.length} bytes`);
      }
      return bytes.subarray(offset, offset + length);
    },
  };
}
