import type { View } from "../core/view.ts";

/** How photos are told to be of one camera; see `PhotoPriors`. */
export interface PhotoCamerasOptions {
  readonly sharedFocal: boolean | "auto";
  readonly ignoreExif: boolean;
}

/** EXIF data round focal lengths; those that differ by less are the same. */
const SAME_FOCAL = 0.01;

/** Which photos are likely to be of one camera, by photo: the index of the first of them. */
export function photoCameras(views: readonly View[], { sharedFocal, ignoreExif }: PhotoCamerasOptions): number[] {
  return views.map((view, i) => {
    if (sharedFocal === false) return i;
    const usesExif = sharedFocal === "auto" && !ignoreExif;
    return views.findIndex((other) => haveOneSize(view, other) && (!usesExif || haveOneLens(view, other)));
  });
}

/** A camera held upright takes photos of the same size, on their side. */
function haveOneSize({ original: a }: View, { original: b }: View): boolean {
  const sides = ({ width, height }: View["original"]) => [Math.min(width, height), Math.max(width, height)];
  return sides(a).join() === sides(b).join();
}

function haveOneLens(a: View, b: View): boolean {
  if (a.exifCamera !== b.exifCamera) return false;
  if (a.exifFocal === undefined || b.exifFocal === undefined) return a.exifFocal === b.exifFocal;
  return Math.abs(a.exifFocal / b.exifFocal - 1) < SAME_FOCAL;
}
