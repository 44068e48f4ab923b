import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/view.ts";
import type { PosedMap } from "./posed-map.ts";

/** Focal lengths that differ by more are not of one camera, or not known well enough to say so. */
const LARGEST_RATIO = 1.1;

/**
 * The intrinsics that photos of a map, chosen by index, share where they have the size of a query: it was likely taken with
 * the same camera. The median of each number; undefined where no photo has that size, or their focal lengths differ.
 */
export async function sharedCamera(
  map: PosedMap,
  indices: readonly number[],
  { width, height }: Size,
): Promise<Intrinsics | undefined> {
  const cameras = await Promise.all(indices.map((index) => map.camera(index)));
  const alike = cameras.filter(({ size }) => size.width === width && size.height === height);
  const sorted = (key: keyof Intrinsics) => alike.map(({ intrinsics }) => intrinsics[key]).sort((a, b) => a - b);
  const focals = sorted("fx");
  if (focals.length === 0 || focals.at(-1)! > LARGEST_RATIO * focals[0]!) return undefined;
  const median = (key: keyof Intrinsics) => sorted(key)[alike.length >> 1]!;
  return { fx: median("fx"), fy: median("fy"), cx: median("cx"), cy: median("cy") };
}
