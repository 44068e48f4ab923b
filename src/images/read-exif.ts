import type { Size } from "../core/view.ts";
import { CAMERA_TAGS, cameraFromTags } from "./exif-camera.ts";
import { FOCAL_TAGS, focalFromTags } from "./exif-focal.ts";
import { TIME_TAGS, timeFromTags } from "./exif-time.ts";

/** What an EXIF block tells of the camera; undefined is what it does not tell. */
export interface ExifFacts {
  /** In pixels of the photo. */
  readonly focal: number | undefined;
  /** Camera and lens, in one string. */
  readonly camera: string | undefined;
  /** In milliseconds, by the camera's clock. */
  readonly takenAt: number | undefined;
}

/** Reads the EXIF block (a TIFF structure) of a photo of `size`; a damaged one tells nothing. */
export async function readExif(exif: Uint8Array, size: Size): Promise<ExifFacts> {
  const { default: exifr } = await import("exifr");
  const options = { pick: [...FOCAL_TAGS, ...CAMERA_TAGS, ...TIME_TAGS], translateValues: false, reviveValues: false };
  const parsed: unknown = await exifr.parse(exif, options).catch(() => undefined);
  const tags = typeof parsed === "object" && parsed !== null ? parsed : {};
  const numbers = Object.entries(tags).filter(([, value]) => typeof value === "number");
  return {
    focal: focalFromTags(Object.fromEntries(numbers), size),
    camera: cameraFromTags({ ...tags }),
    takenAt: timeFromTags({ ...tags }),
  };
}
