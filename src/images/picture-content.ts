import { hasPicture } from "../core/rgb-image.ts";
import type { View } from "../core/view.ts";

/** What a view shows: a picture, one color, or noise without correlation between neighboring pixels. */
export type PictureContent = "picture" | "blank" | "noise";

/** Of black to white, which are 255 apart: below it, a picture is one color. */
const LEAST_DEVIATION = 1.28;
/** Correlation of neighboring pixels. In photos it is above 0.6, even at the smallest sizes; in white noise about 0. */
const LEAST_CORRELATION = 0.25;
/** Views whose pixels differ by less, on average, are of one and the same photo. */
const SAME_PICTURE = 1.28;
/** So many pixels tell two pictures apart. */
const COMPARED = 1365;

/**
 * Classifies a view by the brightness of its pixels; one without pixels, from a file of pairs, is taken for a picture.
 */
export function pictureContent(view: View): PictureContent {
  const { width, height } = view;
  if (!hasPicture(view)) return "picture";
  const gray = grayOf(view);
  const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length;
  const centered = gray.map((value) => value - mean);
  const variance = centered.reduce((sum, value) => sum + value * value, 0) / gray.length;
  if (Math.sqrt(variance) < LEAST_DEVIATION) return "blank";
  let products = 0;
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const i = y * width + x;
      products += (centered[i]! * (centered[i + 1]! + centered[i + width]!)) / 2;
    }
  }
  const correlation = products / ((width - 1) * (height - 1)) / variance;
  return correlation < LEAST_CORRELATION ? "noise" : "picture";
}

/** True for two views of the same photo, also where one is a copy that was saved anew. */
export function isSamePicture(a: View, b: View): boolean {
  if (a.hash === b.hash) return true;
  if (a.width !== b.width || a.height !== b.height || !hasPicture(a) || !hasPicture(b)) return false;
  const step = Math.ceil((a.width * a.height) / COMPARED);
  let difference = 0;
  let count = 0;
  for (let i = 0; i < a.width * a.height; i += step) {
    for (let k = 3 * i; k < 3 * i + 3; k++, count++) difference += Math.abs(a.rgb[k]! - b.rgb[k]!);
  }
  return difference < SAME_PICTURE * count;
}

function grayOf({ rgb, width, height }: View): Float64Array {
  return Float64Array.from({ length: width * height }, (_, i) => (rgb[3 * i]! + rgb[3 * i + 1]! + rgb[3 * i + 2]!) / 3);
}

/** Warnings about the pictures themselves, in sentences for the user; `contents` is the `pictureContent` of each. */
export function contentWarnings(
  views: readonly View[],
  contents: readonly PictureContent[] = views.map(pictureContent),
): string[] {
  const warnings: string[] = [];
  for (const [i, view] of views.entries()) {
    const content = contents[i];
    if (content === "blank") warnings.push(`${view.name} is of one color: there is nothing to see on it.`);
    if (content === "noise") warnings.push(`${view.name} is noise: there is nothing to see on it.`);
  }
  for (const [i, view] of views.entries()) {
    if (contents[i] !== "picture") continue;
    const earlier = views.slice(0, i).find((other) => isSamePicture(other, view));
    if (earlier !== undefined)
      warnings.push(`${view.name} is the same picture as ${earlier.name} and adds nothing to it.`);
  }
  return warnings;
}
