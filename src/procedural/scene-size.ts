import { randomInteger, seededRandom } from "../core/random.ts";
import type { Size } from "../core/view.ts";

/** The shapes of photos in a series of scenes. */
export interface SeriesShapes extends Size {
  /** Heights of landscape photos beside `height`; none where left out. */
  readonly otherHeights?: readonly number[] | undefined;
  /** Share of scenes photographed upright. */
  readonly portrait: number;
}

/** All heights of landscape photos, the series' own first. */
export function seriesHeights({
  height,
  otherHeights = [],
}: Pick<SeriesShapes, "height" | "otherHeights">): readonly number[] {
  return [height, ...otherHeights];
}

/** The size of the photos of scene `index` of series `seed`, a height and a stance by its number alone. */
export function sceneSize(seed: number, index: number, { width, portrait, ...shapes }: SeriesShapes): Size {
  const heights = seriesHeights(shapes);
  const height = heights[randomInteger(seededRandom(`scene height ${seed}/${index}`), heights.length)]!;
  const upright = seededRandom(`orientation ${seed}/${index}`)() < portrait;
  return upright ? { width: height, height: width } : { width, height };
}
