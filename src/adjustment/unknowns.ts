import type { Bundle, FreeIntrinsics } from "./bundle.ts";

/** Unknowns of a photo whose pose is free. */
export const PHOTO_DOF = 6;
/** Most that a camera has: logarithm of the focal length, cx, cy, k1, k2. */
export const CAMERA_DOF = 5;

/** How the unknowns of photos and cameras lie in one vector: in blocks, those of photos first. Points have none here. */
export interface Unknowns {
  /** By photo; -1 for one that is fixed. */
  readonly photoBlocks: Int32Array;
  /** By camera; -1 for one of which nothing is free. */
  readonly cameraBlocks: Int32Array;
  /** By camera, which of its `CAMERA_DOF` are free, ascending. */
  readonly freeIntrinsics: readonly Uint8Array[];
  /** `[blocks + 1]`: unknowns before each block, and in all. */
  readonly offsets: Uint32Array;
}

/** The unknowns of a bundle. */
export function unknownsOf({ photos, cameras }: Pick<Bundle, "photos" | "cameras">): Unknowns {
  const freeIntrinsics = cameras.map(({ free }) => freeParameters(free));
  const sizes: number[] = [];
  const block = (size: number) => (size > 0 ? sizes.push(size) - 1 : -1);
  const photoBlocks = Int32Array.from(photos, ({ fixed }) => block(fixed ? 0 : PHOTO_DOF));
  const cameraBlocks = Int32Array.from(freeIntrinsics, ({ length }) => block(length));
  const offsets = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, k) => {
    offsets[k + 1] = offsets[k]! + size;
  });
  return { photoBlocks, cameraBlocks, freeIntrinsics, offsets };
}

function freeParameters({ focal, principalPoint, distortion }: FreeIntrinsics): Uint8Array {
  return Uint8Array.from([...(focal ? [0] : []), ...(principalPoint ? [1, 2] : []), ...(distortion ? [3, 4] : [])]);
}
