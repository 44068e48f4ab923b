import { transformPoints } from "../geometry/pose.ts";
import type { DepthView } from "../rgbd/rgbd-view.ts";
import { BLOCK_SIDE, blockKey, type SparseVolume } from "./sparse-volume.ts";

/** Voxels between the places of a ray that are looked at, and half of that. */
const STEP = 4;
const HALF = STEP / 2;
/** Voxels between neighboring pixels beyond which their surface is not closed. */
const MOST_SPACING = 4;

/** Pixels with depth, and those of them that are too far away for the grid. */
export interface TouchedPixels {
  readonly pixels: number;
  readonly tooFar: number;
}

/** Adds the blocks near the surface of a photo to `blocks`. Pixels more than four voxels apart on the surface are left out. */
export function touchBlocks(
  blocks: Set<number>,
  { width, height, depth, intrinsics, worldFromCam }: DepthView,
  { voxel, truncation }: Pick<SparseVolume, "voxel" | "truncation">,
): TouchedPixels {
  const { fx, fy, cx, cy } = intrinsics;
  const focal = Math.sqrt(fx * fy);
  const ray = new Float64Array(3);
  let [pixels, tooFar] = [0, 0];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const z = depth[i]!;
      if (!(z > 0)) continue;
      pixels++;
      const spacing = z / focal / voxel;
      if (spacing > MOST_SPACING) {
        tooFar++;
        continue;
      }
      const stride = Math.max(1, Math.floor(HALF / spacing));
      if (x % stride !== 0 || y % stride !== 0) continue;
      const [right, down] = [(x - cx) / fx, (y - cy) / fy];
      for (let step = -truncation; step <= truncation; step += STEP * voxel) {
        const at = z + step / Math.hypot(right, down, 1);
        ray[0] = right * at;
        ray[1] = down * at;
        ray[2] = at;
        addAround(blocks, transformPoints(worldFromCam, ray), voxel);
      }
    }
  }
  return { pixels, tooFar };
}

/** Adds the blocks within half a step of a place, one to eight. */
function addAround(blocks: Set<number>, place: Float64Array, voxel: number): void {
  const first = (k: number) => Math.floor((place[k]! / voxel - HALF) / BLOCK_SIDE);
  const last = (k: number) => Math.floor((place[k]! / voxel + HALF) / BLOCK_SIDE);
  for (let c = first(2); c <= last(2); c++) {
    for (let b = first(1); b <= last(1); b++) {
      for (let a = first(0); a <= last(0); a++) {
        const key = blockKey(a, b, c);
        if (key !== undefined) blocks.add(key);
      }
    }
  }
}
