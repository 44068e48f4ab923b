/** Bytes that lie on a disk until they are read again: nobody else sees them, and they are gone with the spool. */
export interface Spool extends AsyncDisposable {
  /** Writes bytes and gives what reads a copy of them, however often. Undefined where there is no room left. */
  put(bytes: Uint8Array): (() => Uint8Array<ArrayBuffer>) | undefined;
}
