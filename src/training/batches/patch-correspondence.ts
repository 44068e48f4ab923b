import type { Size } from "../../core/view.ts";
import { isSameDepth, reproject } from "../../rgbd/reproject.ts";
import type { DepthView } from "../../rgbd/rgbd-view.ts";
import type { TensorValues } from "../../runtime/device.ts";

/**
 * Which patches of two views show the same surface: `[patches1, patches2]`, in each row the share of that patch's
 * pixels whose points each patch of the other view shows too, neither out of its frame nor occluded.
 */
function patchCorrespondence(first: DepthView, second: DepthView, patchSize: number): Float32Array {
  const patchOf = (pixel: number, { width }: Size) =>
    Math.floor(pixel / width / patchSize) * (width / patchSize) + Math.floor((pixel % width) / patchSize);
  const columns = second.depth.length / patchSize ** 2;
  const shares = new Float32Array((first.depth.length / patchSize ** 2) * columns);
  reproject(first, second, (pixel, target, depth) => {
    if (!isSameDepth(second.depth[target]!, depth)) return;
    shares[patchOf(pixel, first) * columns + patchOf(target, second)]! += 1 / patchSize ** 2;
  });
  return shares;
}

/** What the matching losses are fed with beside a `pairBatch`, for both directions of every pair. */
export function correspondenceBatch(
  pairs: readonly (readonly [DepthView, DepthView])[],
  patchSize: number,
): TensorValues {
  const directions = [...pairs, ...pairs.map(([first, second]) => [second, first] as const)];
  const tokens = pairs[0]![0].depth.length / patchSize ** 2;
  const data = new Float32Array(directions.length * tokens ** 2);
  directions.forEach(([first, second], i) => {
    data.set(patchCorrespondence(first, second, patchSize), i * tokens ** 2);
  });
  return { shares: { dtype: "float32", shape: [directions.length, tokens, tokens], data } };
}
