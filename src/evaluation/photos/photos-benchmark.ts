import type { Benchmark, EvalItem } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { evaluateSubset, type SubsetMetrics } from "./evaluate-subset.ts";
import { readSubsets } from "./protocol.ts";
import { summarizePhotos } from "./summary.ts";

/** Photos with ground truth in folders of one's own. */
export const PHOTOS_BENCHMARK: Benchmark<SubsetMetrics> = {
  name: "photos",
  title: "Photos with ground truth",
  protocol: [
    "Subsets of photos are reconstructed with the defaults of `dust3r reconstruct`; a photo without a pose fails all of its pairs (180°).",
    "RRA@τ, RTA@τ: share of pairs whose relative rotation, direction of translation is off by less than τ degrees; ±: without the sign of the direction, as PoseDiffusion and the DUSt3R paper have it. mAA30: mean over τ = 1, …, 30 of the share of pairs whose larger error is below τ.",
    "Directions are left out where the baseline is at most 0.1 % of the largest distance between two cameras of the scene.",
    "Center error: mean distance of camera centers after the least-squares similarity (Umeyama 1991), as a share of the largest distance between true centers.",
    "Depth: after scaling by the ratio of medians; AbsRel is the mean of |d − d*| / d*, δ1.25 the share of measured pixels within a factor of 1.25.",
    "A subset counts once however many pairs it has; focal and field-of-view errors are medians over subsets, the rest means.",
  ],
  summarize: summarizePhotos,
};

/** The subsets of a folder of scenes, by a protocol file or all photos of each scene. */
export async function photosItems(
  network: EvaluatedNetwork,
  folder: string,
  protocol: string | undefined,
): Promise<readonly EvalItem<SubsetMetrics>[]> {
  const subsets = await readSubsets(folder, protocol);
  return subsets.map((item) => ({ id: item.subset.id, evaluate: () => evaluateSubset(item, network) }));
}
