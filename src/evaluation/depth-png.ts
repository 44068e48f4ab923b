import { readBytes } from "#platform";
import { decodePng16 } from "../formats/png16.ts";
import type { DepthMap } from "./metrics/depth-errors.ts";

/** A depth map in a 16-bit gray PNG, `unit` a code; a `FormatError` or an `InputError` names the file. */
export async function readDepthPng(path: string, unit: number): Promise<DepthMap> {
  const { width, height, data } = decodePng16(await readBytes(path), path);
  return { width, height, depth: Float32Array.from(data, (code) => code * unit) };
}
