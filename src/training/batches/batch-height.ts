import { randomInteger, seededRandom } from "../../core/random.ts";

/** How high the landscape views of a stage's batches may be. */
export interface HeightSettings {
  /** The largest. */
  readonly height: number;
  /** Others, below it. */
  readonly lowerHeights?: readonly number[];
}

/** All heights of a stage, the largest first. */
export function batchHeights({ height, lowerHeights = [] }: HeightSettings): readonly number[] {
  return [height, ...lowerHeights];
}

/** The height of every view of batch `batch`, whichever worker makes it; the published training draws it evenly, too. */
export function batchHeight(settings: HeightSettings & { readonly seed: number }, batch: number): number {
  const heights = batchHeights(settings);
  return heights[randomInteger(seededRandom(`height ${settings.seed}/${batch}`), heights.length)]!;
}
