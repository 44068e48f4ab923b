import type { Size } from "../core/view.ts";

/** The EXIF entries that tell a focal length. */
export interface FocalTags {
  /** Millimeters on a 36 mm x 24 mm film; 0 is "unknown". */
  readonly FocalLengthIn35mmFormat?: number;
  /** Millimeters. */
  readonly FocalLength?: number;
  /** Pixels per unit on the sensor, of a photo as wide as `ExifImageWidth`. */
  readonly FocalPlaneXResolution?: number;
  /** 2 inch, 3 centimeter, 4 millimeter, 5 micrometer. */
  readonly FocalPlaneResolutionUnit?: number;
  readonly ExifImageWidth?: number;
  readonly ExifImageHeight?: number;
}

/** Their names. */
export const FOCAL_TAGS: readonly (keyof FocalTags)[] = [
  "FocalLengthIn35mmFormat",
  "FocalLength",
  "FocalPlaneXResolution",
  "FocalPlaneResolutionUnit",
  "ExifImageWidth",
  "ExifImageHeight",
];

const FILM_DIAGONAL = Math.hypot(36, 24);
const MILLIMETERS_PER_UNIT: Readonly<Record<number, number>> = { 2: 25.4, 3: 10, 4: 1, 5: 0.001 };

/**
 * Focal length in pixels of a photo of `size`. The 35 mm equivalent compares diagonals (CIPA DCG-001), so it survives
 * any resizing; the sensor's resolution is that of the photo as the camera wrote it. Undefined where the tags tell
 * none, or one that no lens has.
 */
export function focalFromTags(tags: FocalTags, size: Size): number | undefined {
  const focal = fromFilmEquivalent(tags, size) ?? fromSensorResolution(tags, size);
  const relative = (focal ?? 0) / Math.max(size.width, size.height);
  return relative > 0.1 && relative < 100 ? focal : undefined;
}

function fromFilmEquivalent(tags: FocalTags, size: Size): number | undefined {
  const millimeters = tags.FocalLengthIn35mmFormat;
  return millimeters ? (millimeters / FILM_DIAGONAL) * Math.hypot(size.width, size.height) : undefined;
}

function fromSensorResolution(tags: FocalTags, size: Size): number | undefined {
  const { FocalLength: millimeters, FocalPlaneXResolution: resolution, FocalPlaneResolutionUnit: unit = 2 } = tags;
  const unitLength = MILLIMETERS_PER_UNIT[unit];
  if (!millimeters || !resolution || unitLength === undefined) return undefined;
  const written = Math.max(tags.ExifImageWidth ?? 0, tags.ExifImageHeight ?? 0);
  const reduction = written > 0 ? Math.max(size.width, size.height) / written : 1;
  return ((millimeters * resolution) / unitLength) * reduction;
}
