import { readBytes } from "#platform";
import { FormatError } from "../core/errors.ts";
import { decodeExr } from "../formats/exr.ts";
import { decodePng16 } from "../formats/png16.ts";
import type { DepthImage } from "./checked-view.ts";

/** Depth in a 16-bit gray PNG, `unit` a code. */
export async function readPngDepth(path: string, unit: number): Promise<DepthImage> {
  const { width, height, data } = decodePng16(await readBytes(path), path);
  return { width, height, depth: Float32Array.from(data, (code) => code * unit) };
}

/** Depth in an OpenEXR picture of one channel, or of several that are alike: some programs store gray as colors. */
export async function readExrDepth(path: string): Promise<DepthImage> {
  const { width, height, channels } = decodeExr(await readBytes(path), path);
  const [depth] = channels.values();
  if (depth === undefined) throw new FormatError(path, "has no channel");
  return { width, height, depth };
}
