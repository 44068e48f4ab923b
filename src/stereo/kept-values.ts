import type { BlobStore } from "../core/blob-store.ts";

/** Values of photos, each by a name among those of its photo. */
export interface KeptValues<T> {
  /** True for a value that is kept and whole. */
  has(photo: number, name: string | number): Promise<boolean>;
  /** Undefined for a value that was never kept, or is damaged since. */
  get(photo: number, name: string | number): Promise<T | undefined>;
  put(photo: number, name: string | number, value: T): Promise<void>;
  /** Frees the memory that a value takes which no store has. */
  free(photo: number, name: string | number): void;
}

/** Where values are kept, so that an interrupted run can go on and memory holds a few of them. */
export interface StereoStore {
  readonly store: BlobStore;
  /** Begins every key: it names all that values depend on besides their photo and name. */
  readonly key: string;
}

/** How values are written. */
export interface Coding<T> {
  readonly encode: (value: T) => Uint8Array;
  /** Undefined for bytes that are not such a value of this photo. */
  readonly decode: (bytes: Uint8Array, photo: number) => T | undefined;
}

/** Values in memory beside a store: those of a photo and its sources. */
const MOST_RECENT = 8;

/** Keeps values in a store, and a few in memory; all in memory without a store, and those that a store drops. */
export function keepValues<T>({ encode, decode }: Coding<T>, place: StereoStore | undefined): KeptValues<T> {
  const kept = new Map<string, T>();
  /** Of those in the store, the ones used last. */
  const recent = new Map<string, T>();
  const keyOf = (photo: number, name: string | number) => `${place?.key}-${photo}-${name}`;
  const remember = (key: string, value: T): void => {
    recent.delete(key);
    recent.set(key, value);
    if (recent.size > MOST_RECENT) recent.delete(recent.keys().next().value!);
  };
  const get = async (photo: number, name: string | number): Promise<T | undefined> => {
    const key = keyOf(photo, name);
    const known = kept.get(key) ?? recent.get(key);
    if (known !== undefined) return known;
    const bytes = await place?.store.get(key);
    const value = bytes && decode(bytes, photo);
    if (value !== undefined) remember(key, value);
    return value;
  };
  return {
    async has(photo, name) {
      return (await get(photo, name)) !== undefined;
    },
    get,
    async put(photo, name, value) {
      const key = keyOf(photo, name);
      await place?.store.put(key, encode(value));
      // A store may have no room.
      if (place && (await place.store.has(key))) remember(key, value);
      else kept.set(key, value);
    },
    free(photo, name) {
      kept.delete(keyOf(photo, name));
    },
  };
}
