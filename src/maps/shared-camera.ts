import type { Intrinsics } from "../core/camera.ts";
import { upperMedian } from "../core/upper-median.ts";
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
  const focals = alike.map(({ intrinsics }) => intrinsics.fx);
  if (focals.length === 0 || Math.max(...focals) > LARGEST_RATIO * Math.min(...focals)) return undefined;
  const median = (key: keyof Intrinsics) => upperMedian(alike.map(({ intrinsics }) => intrinsics[key]))!;
  return { fx: median("fx"), fy: median("fy"), cx: median("cx"), cy: median("cy") };
}
