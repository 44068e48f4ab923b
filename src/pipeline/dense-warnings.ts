import type { DenseScene } from "../core/dense-scene.ts";

/** What is to be said where stereo was asked and found nothing; one sentence each. */
export function denseWarnings(dense: DenseScene | undefined): readonly string[] {
  if (dense === undefined || dense.points.photos.length > 0) return [];
  const compared = dense.maps.filter((map) => map !== undefined).length;
  if (compared >= 2)
    return ["Stereo measured nothing: no points that two photos agree on; the network's depth stands."];
  return [
    `Stereo measured nothing: it compares photos whose cameras are refined on features or given, and ${compared === 0 ? "none is" : "one alone is"}; the network's depth stands.`,
  ];
}
