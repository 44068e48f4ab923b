import type { BlobStore } from "../core/blob-store.ts";
import type { Size } from "../core/size.ts";
import type { ScoredPlanes } from "./patch-match.ts";

/** Planes of photos by the round that they are the answer of. */
export interface KeptPlanes {
  /** True for planes that are kept and whole. */
  has(photo: number, round: number): Promise<boolean>;
  /** Undefined for planes that were never kept, or are damaged since. */
  get(photo: number, round: number): Promise<ScoredPlanes | undefined>;
  put(photo: number, round: number, planes: ScoredPlanes): Promise<void>;
}

/** Where planes are kept, so that an interrupted run can go on and memory holds a few of them. */
export interface PlaneStore {
  readonly store: BlobStore;
  /** Begins every key: it names all that planes depend on besides photo and round. */
  readonly key: string;
}

/** Planes kept in memory beside a store: those of a photo and its sources. */
const MOST_RECENT = 8;

/**
 * Keeps planes in a store, and a few in memory; all in memory without a store, and those that a store drops.
 * @param sizeOf of a photo's planes
 */
export function keepPlanes(sizeOf: (photo: number) => Size, place: PlaneStore | undefined): KeptPlanes {
  const kept = new Map<string, ScoredPlanes>();
  /** Of those in the store, the ones used last. */
  const recent = new Map<string, ScoredPlanes>();
  const name = (photo: number, round: number) => `${place?.key}-${photo}-${round}`;
  const remember = (key: string, planes: ScoredPlanes): void => {
    recent.delete(key);
    recent.set(key, planes);
    if (recent.size > MOST_RECENT) recent.delete(recent.keys().next().value!);
  };
  const get = async (photo: number, round: number): Promise<ScoredPlanes | undefined> => {
    const key = name(photo, round);
    const known = kept.get(key) ?? recent.get(key);
    if (known !== undefined) return known;
    const bytes = await place?.store.get(key);
    const planes = bytes && decodePlanes(bytes, sizeOf(photo));
    if (planes) remember(key, planes);
    return planes;
  };
  return {
    async has(photo, round) {
      return (await get(photo, round)) !== undefined;
    },
    get,
    async put(photo, round, planes) {
      const key = name(photo, round);
      await place?.store.put(key, encodePlanes(planes));
      // A store may have no room.
      if (place && (await place.store.has(key))) remember(key, planes);
      else kept.set(key, planes);
      // Rounds look at the one before.
      kept.delete(name(photo, round - 2));
    },
  };
}

function encodePlanes({ inverseDepth, slopeX, slopeY, costs }: ScoredPlanes): Uint8Array {
  const maps = [inverseDepth, slopeX, slopeY, costs];
  const all = new Float32Array(4 * costs.length);
  for (const [k, map] of maps.entries()) all.set(map, k * costs.length);
  return new Uint8Array(all.buffer);
}

function decodePlanes(bytes: Uint8Array, { width, height }: Size): ScoredPlanes | undefined {
  const pixels = width * height;
  if (bytes.length !== 16 * pixels) return undefined;
  const all = new Float32Array(bytes.slice().buffer);
  const [inverseDepth, slopeX, slopeY, costs] = [0, 1, 2, 3].map((k) => all.subarray(k * pixels, (k + 1) * pixels));
  return { width, height, inverseDepth: inverseDepth!, slopeX: slopeX!, slopeY: slopeY!, costs: costs! };
}
