import { InputError } from "../core/errors.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { Lens } from "../core/lens.ts";
import { haveOneShape, type Size } from "../core/size.ts";
import type { View } from "../core/view.ts";
import { originalIntrinsics, resizedMapping } from "./pixel-mapping.ts";
import { quartersLeft, turnLens } from "./turn-camera.ts";

/** A principal point this far from the middle, as a share of the photo's side, is one of a photo of another size. */
const MOST_OFFSET = 0.2;

/** The photo that a lens is known of. */
export type PhotoOfLens = Pick<View, "name" | "original" | "exifOrientation">;

/**
 * The lens of a photo, in its pixels. Programs that ignore the EXIF orientation know it of the photo as it is stored, which shows by
 * the size that they say, or by the principal point; it is turned then. An `InputError` where it is of another photo.
 */
export function fitLens(known: KnownLens, photo: PhotoOfLens): Lens {
  const { name, original, exifOrientation } = photo;
  const quarters = quartersLeft(exifOrientation) % 2 === 1 ? quartersLeft(exifOrientation) : 0;
  const stored = { width: original.height, height: original.width };
  const size = known.size ?? (quarters > 0 && offset(known, stored) < offset(known, original) ? stored : original);
  const fits = known.ofCopies ? haveOneShape : areEqual;
  const isStored = quarters > 0 && fits(size, stored) && !fits(size, original);
  if (!isStored && !fits(size, original)) {
    throw new InputError(
      `the intrinsics of ${name} are of a photo of ${size.width}x${size.height} pixels, and it has ` +
        `${original.width}x${original.height}: they are expected in its own pixels`,
    );
  }
  const [cx, cy] = known.principalPoint ?? [(size.width - 1) / 2, (size.height - 1) / 2];
  const most = known.size === undefined ? MOST_OFFSET : 0.5;
  if (offset(known, size) > most) {
    throw new InputError(
      `the principal point (${cx}, ${cy}) does not fit ${name}, which has ${size.width}x${size.height} pixels; is it of ` +
        'a photo of another size? If it is not, say "width" and "height" beside it',
    );
  }
  const { inWidths, distortion } = known;
  const [fx, fy] = inWidths ? [known.fx * size.width, known.fy * size.width] : [known.fx, known.fy];
  const lens = turnLens({ ...size, intrinsics: { fx, fy, cx, cy }, distortion }, isStored ? quarters : 0);
  return areEqual(lens, original) ? lens : resizedLens(lens, original);
}

/** The lens of a copy of its photo. */
function resizedLens({ intrinsics, distortion, ...from }: Lens, { width, height }: Size): Lens {
  const copy = { width, height };
  return { ...copy, intrinsics: originalIntrinsics(intrinsics, resizedMapping(from, copy)), distortion };
}

/** How far a principal point is from the middle, as a share of a photo's sides. */
function offset({ principalPoint }: KnownLens, { width, height }: Size): number {
  if (principalPoint === undefined) return 0;
  const [x, y] = principalPoint;
  return Math.max(Math.abs((x + 0.5) / width - 0.5), Math.abs((y + 0.5) / height - 0.5));
}

function areEqual(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
