import type { FocalSource } from "../core/scene.ts";
import type { AlignPriors } from "./align-options.ts";
import type { ImageSummary } from "./prediction-summary.ts";
import type { ImageEstimate } from "./scene-images.ts";

/** Where the focal length of each image comes from. What is likely of one image counts for all of its camera. */
export function focalSources(
  estimates: readonly ImageEstimate[],
  summaries: readonly ImageSummary[],
  { intrinsics }: AlignPriors = {},
): readonly FocalSource[] {
  const likely = new Set(estimates.flatMap(({ camera }, i) => (summaries[i]!.likelyFocal ? [camera ?? i] : [])));
  return estimates.map(({ camera, placement }, i) => {
    if (intrinsics?.[i] !== undefined) return "given";
    if (likely.has(camera ?? i)) return "exif";
    return summaries[i]!.focal !== undefined || placement !== undefined ? "network" : "assumed";
  });
}
