/** Bytes that lie on a disk until they are read again: nobody else sees them, and they are gone with the spool. */
export interface Spool extends AsyncDisposable {
  /** Writes bytes and gives what reads a copy of them, however often. Undefined where there is no room left. */
  put(bytes: Uint8Array): (() => Uint8Array<ArrayBuffer>) | undefined;
}

/** Writes numbers and gives what reads a copy of them, however often, without keeping them in memory. Undefined where there is no room left. */
export function putFloats(spool: Spool, values: Float32Array): (() => Float32Array) | undefined {
  const read = spool.put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return read && (() => new Float32Array(read().buffer));
}
