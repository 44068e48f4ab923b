import type { DenseScene } from "../core/dense-scene.ts";

/** What is to be said where stereo was asked and measured nothing; one sentence each. */
export function denseWarnings(dense: DenseScene | undefined): readonly string[] {
  if (dense === undefined || dense.points.photos.length > 0) return [];
  const reason = dense.maps.some((map) => map !== undefined)
    ? "no two photos agree on any point"
    : "it needs two photos or more whose cameras are refined on features or given";
  return [`Stereo measured nothing: ${reason}. The network's depth stands.`];
}
