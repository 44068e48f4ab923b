/**
 * What the bundled generator of scenes has in place of `#platform`: files, and JPEG decoded in JavaScript, as one file
 * can hold it.
 */
import { decode } from "jpeg-js";
import { FormatError } from "../src/core/errors.ts";
import type { RgbImage } from "../src/core/rgb-image.ts";
import { readBytes } from "../src/platform/node/files.ts";

export { readBytes, readText, siblingPath } from "../src/platform/node/files.ts";
export { pathContent } from "../src/platform/node/photo-files.ts";

/** The pixels of a JPEG file; a `FormatError` for any other. */
export async function decodeImage(path: string): Promise<RgbImage> {
  return await decodeImageBytes(await readBytes(path), path);
}

/** The pixels of a JPEG in memory; a `FormatError` for any other. */
export async function decodeImageBytes(bytes: Uint8Array, name: string): Promise<RgbImage> {
  try {
    const { width, height, data } = decode(bytes, { useTArray: true, formatAsRGBA: false });
    return { width, height, rgb: data };
  } catch (cause) {
    throw new FormatError(name, `is no JPEG that can be read here: ${(cause as Error).message}`, { cause });
  }
}
