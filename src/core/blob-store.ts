/** Finished pieces of work by key, kept where an interrupted run finds them again. */
export interface BlobStore {
  /** True for a key that was stored, without reading it. */
  has(key: string): Promise<boolean>;
  /** Undefined for a key that was never stored, or whose bytes were damaged since. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Stores all of it or nothing, whatever happens meanwhile. */
  put(key: string, bytes: Uint8Array): Promise<void>;
}
