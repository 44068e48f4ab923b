import type { DenseScene } from "../core/dense-scene.ts";

/** What is to be said where stereo was asked and measured nothing, or more than memory holds; one sentence each. */
export function denseWarnings(dense: DenseScene | undefined): readonly string[] {
  if (dense === undefined) return [];
  const { points, share } = dense;
  if (share > 1)
    return [
      `Of the points that photos agree on one of ${share} is kept: there are ${share * points.photos.length}, and memory holds fewer.`,
    ];
  if (points.photos.length > 0) return [];
  const reason = dense.maps.some((map) => map !== undefined)
    ? "no two photos agree on any point"
    : "it needs two photos or more whose cameras are refined on features or given";
  return [`Stereo measured nothing: ${reason}. The network's depth stands.`];
}
