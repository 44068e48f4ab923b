/** Bytes that lie on a disk until they are read again: nobody else sees them, and they are gone with the spool. */
export interface Spool extends AsyncDisposable {
  /** Writes bytes and gives what reads a copy of them, however often. Undefined where there is no room left. */
  put(bytes: Uint8Array): ReadBytes | undefined;
}

/** Reads bytes that were written: into `room` for as many, or into memory of their own. Gives where they are. */
export type ReadBytes = (room?: Uint8Array) => Uint8Array;

/** As `ReadBytes`, of numbers. What is read again and again is better read into one room: memory of their own, given back, lies in pieces. */
export type ReadFloats = (room?: Float32Array) => Float32Array;

/** Writes numbers and gives what reads a copy of them, however often, without keeping them in memory. Undefined where there is no room left. */
export function putFloats(spool: Spool, values: Float32Array): ReadFloats | undefined {
  const { length } = values;
  const read = spool.put(bytesOf(values));
  return (
    read &&
    ((room = new Float32Array(length)) => {
      read(bytesOf(room));
      return room;
    })
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
