import { randomInteger, seededRandom } from "../../core/random.ts";

/** How high the landscape views of a stage's batches may be. */
export interface HeightSettings {
  /** That of validation, too. */
  readonly height: number;
  /** Others beside it. */
  readonly otherHeights?: readonly number[];
}

/** All heights of a stage, its own first. */
export function batchHeights({ height, otherHeights = [] }: HeightSettings): readonly number[] {
  return [height, ...otherHeights];
}

/** The height of the landscape views of batch `batch`, whichever worker makes it; the published training draws it evenly, too. */
export function batchHeight(settings: HeightSettings & { readonly seed: number }, batch: number): number {
  const heights = batchHeights(settings);
  return heights[randomInteger(seededRandom(`height ${settings.seed}/${batch}`), heights.length)]!;
}

/** The height at which scene `index` of a series is photographed, drawn evenly, too. */
export function sceneHeight(settings: HeightSettings & { readonly seed: number }, index: number): number {
  const heights = batchHeights(settings);
  return heights[randomInteger(seededRandom(`scene height ${settings.seed}/${index}`), heights.length)]!;
}
