import type { PairPrediction } from "../../core/pair-prediction.ts";
import { hasPicture, type RgbImage } from "../../core/rgb-image.ts";
import type { ViewPair } from "../../core/view.ts";
import type { TensorSpec } from "../../formats/safetensors-writer.ts";

/** One of a pair's maps, called as in a `PairPrediction`. */
export type PairMap = keyof PairPrediction & `${"pointmap" | "confidence"}${1 | 2}`;

/** What a pairs file holds of each ordered pair, in this order. */
export const PAIR_MAPS: readonly PairMap[] = ["pointmap1", "confidence1", "pointmap2", "confidence2"];

/** The tensor of a pair's map, such as `0-1.pointmap1`. */
export function pairTensor({ view1, view2 }: ViewPair, map: PairMap): string {
  return `${view1}-${view2}.${map}`;
}

/** The tensor of a view's pixels, such as `view.0`. */
export function viewTensor(view: number): string {
  return `view.${view}`;
}

/**
 * All tensors of a pairs file in their order: first `view.i` `[3, H, W]` of every view that has a picture, then pair by pair `i-j.pointmap1`
 * `[H1, W1, 3]`, `i-j.confidence1` `[H1, W1]`, `i-j.pointmap2` `[H2, W2, 3]`, `i-j.confidence2` `[H2, W2]`.
 */
export function pairsLayout(
  views: readonly RgbImage[],
  pairs: readonly ViewPair[],
  dtype: "F16" | "F32",
): ReadonlyMap<string, TensorSpec> {
  const layout = new Map<string, TensorSpec>();
  for (const [i, view] of views.entries()) {
    if (hasPicture(view)) layout.set(viewTensor(i), { dtype: "F32", shape: [3, view.height, view.width] });
  }
  for (const pair of pairs) {
    for (const map of PAIR_MAPS) {
      const { width, height } = views[map.endsWith("1") ? pair.view1 : pair.view2]!;
      const shape = map.startsWith("pointmap") ? [height, width, 3] : [height, width];
      layout.set(pairTensor(pair, map), { dtype, shape });
    }
  }
  return layout;
}
