import type { View } from "../core/view.ts";

/** Views of whose focal length EXIF data had no part, though they name one: a sentence for each. */
export function exifDoubts(
  views: readonly View[],
  found: readonly ({ readonly focal: number; readonly source: string } | undefined)[],
): string[] {
  return views.flatMap(({ name, exifFocal }, i) => {
    const answer = found[i];
    if (exifFocal === undefined || answer === undefined || answer.source !== "network") return [];
    return [
      `${name}: its EXIF data say a focal length of ${exifFocal.toFixed(0)} pixels, but what is seen fits ` +
        `${answer.focal.toFixed(0)}, which is taken: was it cropped?`,
    ];
  });
}
