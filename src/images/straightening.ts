import type { KnownLens } from "../core/known-lens.ts";
import type { Straightening } from "../core/lens.ts";
import { fitLens, type PhotoOfLens } from "../geometry/fit-lens.ts";
import { pinholeWithin } from "../geometry/lens.ts";

/** How the lines of a photo are made straight; undefined for a lens that does not bend them. */
export function straighteningOf(known: KnownLens, photo: PhotoOfLens): Straightening | undefined {
  if (known.distortion === undefined) return undefined;
  const lens = fitLens(known, photo);
  return { lens, pinhole: pinholeWithin(lens, photo.original) };
}
