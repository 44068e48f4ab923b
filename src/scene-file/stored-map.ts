import { joinPath, openFile } from "#platform";
import type { Size } from "../core/view.ts";
import { decodePng16 } from "../formats/png16.ts";
import type { StoredMap } from "./scene-format.ts";

/** The values of a depth or confidence map, `[height, width]`; a `FormatError` where it has not the size of its photo. */
export async function readStoredMap(folder: string, { file, scale }: StoredMap, photo: Size): Promise<Float32Array> {
  const path = joinPath(folder, file);
  const source = await openFile(path);
  try {
    const { data } = decodePng16(await source.read(0, source.size), path, photo);
    return Float32Array.from(data, (value) => scale * value);
  } finally {
    await source.close();
  }
}
