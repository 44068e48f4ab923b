/** Voxels along the side of a block. */
export const BLOCK_SIDE = 8;
/** Voxels of a block. */
export const BLOCK_VOXELS: number = BLOCK_SIDE ** 3;

/** Blocks are numbered along each axis from −2^16 to 2^16 − 1. */
const RANGE = 2 ** 17;

/**
 * Truncated signed distances on a grid, in blocks of 8 × 8 × 8 voxels where there is a surface. Voxel (i, j, k) of block (a, b, c)
 * lies at `voxel` times (8 a + i, 8 b + j, 8 c + k), and has the number i + 8 j + 64 k in its block.
 */
export interface SparseVolume {
  /** Distance between voxels, in the world's unit. */
  readonly voxel: number;
  /** Distance beyond which a surface is not looked at. */
  readonly truncation: number;
  /** By `blockKey`, the block's number. */
  readonly numbers: ReadonlyMap<number, number>;
  /** `[blocks, 3]`. */
  readonly places: Int32Array;
  /** `[blocks, 512]`: distance to the surface over `truncation`, positive in front of it, at most 1. */
  readonly distances: Float32Array;
  /** `[blocks, 512]`: how much is known of it, 0 where nothing is. */
  readonly weights: Float32Array;
}

/** A number for a block's place; undefined for one that is too far away. */
export function blockKey(a: number, b: number, c: number): number | undefined {
  const [x, y, z] = [a + RANGE / 2, b + RANGE / 2, c + RANGE / 2];
  if (!(x >= 0 && y >= 0 && z >= 0 && x < RANGE && y < RANGE && z < RANGE)) return undefined;
  return x + RANGE * (y + RANGE * z);
}

/** A volume of which nothing is known, with these blocks. */
export function emptyVolume(
  blocks: ReadonlySet<number>,
  { voxel, truncation }: Pick<SparseVolume, "voxel" | "truncation">,
): SparseVolume {
  // In an order of their own: neither sums nor vertices depend on which photo saw a block first.
  const keys = Float64Array.from(blocks).sort();
  const places = new Int32Array(3 * keys.length);
  for (const [i, key] of keys.entries()) {
    const rest = Math.floor(key / RANGE);
    places.set([(key % RANGE) - RANGE / 2, (rest % RANGE) - RANGE / 2, Math.floor(rest / RANGE) - RANGE / 2], 3 * i);
  }
  return {
    voxel,
    truncation,
    numbers: new Map(Array.from(keys, (key, i) => [key, i])),
    places,
    distances: new Float32Array(BLOCK_VOXELS * keys.length),
    weights: new Float32Array(BLOCK_VOXELS * keys.length),
  };
}
