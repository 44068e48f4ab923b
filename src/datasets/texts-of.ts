import { FormatError } from "../core/errors.ts";
import type { NpyArray } from "../formats/npy.ts";

/** The strings in an array of strings; a `FormatError` for numbers. */
export function textsOf({ data }: NpyArray, path: string): readonly string[] {
  if (ArrayBuffer.isView(data)) throw new FormatError(path, "holds numbers where names are expected");
  return data;
}
