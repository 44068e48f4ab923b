/** Values that lie on a disk until they are read again: nobody else sees them, and they are gone with the spool. */
export interface Spool extends AsyncDisposable {
  /** Writes values and gives what reads a copy of them, however often. Undefined where there is no room left. */
  put(values: Float32Array): (() => Float32Array) | undefined;
}
