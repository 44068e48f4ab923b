import { randomInteger, seededRandom } from "../../core/random.ts";
import { type SeriesShapes, seriesHeights } from "../../procedural/scene-size.ts";

/** How high the landscape views of a stage's batches may be. */
export type HeightSettings = Pick<SeriesShapes, "height" | "otherHeights">;

/** The height of the landscape views of batch `batch`, whichever worker makes it; the published training draws it evenly, too. */
export function batchHeight(settings: HeightSettings & { readonly seed: number }, batch: number): number {
  const heights = seriesHeights(settings);
  return heights[randomInteger(seededRandom(`height ${settings.seed}/${batch}`), heights.length)]!;
}
