import type { Intrinsics } from "../../core/camera.ts";
import type { Size } from "../../core/view.ts";
import { pixelGrid, projectPoints } from "../../geometry/camera.ts";

/** Relative difference of depth up to which two views show the same point. */
const TOLERANCE = 0.05;

/** A view's points, `[height, width, 3]` in some camera's frame, where valid. */
interface PointsOfView extends Size {
  readonly points: Float32Array;
  readonly valid: Uint8Array;
}

/**
 * Which patches of two views show the same surface: `[patches1, patches2]`, in each row the share of that patch's pixels
 * whose points each patch of the other view shows too, neither out of its frame nor hidden behind something.
 * @param seen view 1 @param shown view 2; both in the frame of view 2's camera, whose intrinsics these are
 */
export function patchCorrespondence(
  seen: PointsOfView,
  shown: PointsOfView & { readonly intrinsics: Intrinsics },
  patchSize: number,
): Float32Array {
  const patchOf = (x: number, y: number, { width }: Size) =>
    Math.floor(y / patchSize) * (width / patchSize) + Math.floor(x / patchSize);
  const patches2 = (shown.width * shown.height) / patchSize ** 2;
  const shares = new Float32Array(((seen.width * seen.height) / patchSize ** 2) * patches2);
  const grid = pixelGrid(seen);
  const pixels = projectPoints(seen.points, shown.intrinsics);
  for (let i = 0; i < seen.valid.length; i++) {
    const [u, v] = [Math.round(pixels[2 * i]!), Math.round(pixels[2 * i + 1]!)];
    // Written so that a projection that is no number is outside.
    const inside = u >= 0 && v >= 0 && u < shown.width && v < shown.height;
    if (seen.valid[i] === 0 || !inside) continue;
    const at = v * shown.width + u;
    const depth = seen.points[3 * i + 2]!;
    if (shown.valid[at] === 0 || Math.abs(shown.points[3 * at + 2]! - depth) > TOLERANCE * depth) continue;
    const patch = patchOf(grid[2 * i]!, grid[2 * i + 1]!, seen);
    shares[patch * patches2 + patchOf(u, v, shown)]! += 1 / patchSize ** 2;
  }
  return shares;
}
