import { openFile } from "#platform";
import { readSafetensorsHeader } from "../src/formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../src/formats/safetensors-writer.ts";
import { readFloats } from "../src/formats/tensor-entry.ts";

/** The bytes of a safetensors file with all of its tensors in half precision. */
export async function halfPrecision(path: string): Promise<Uint8Array> {
  const source = await openFile(path);
  const tensors = new Map<string, TensorContent>();
  for (const [key, entry] of (await readSafetensorsHeader(source)).tensors) {
    tensors.set(key, { dtype: "F16", shape: entry.shape, values: await readFloats(source, entry) });
  }
  await source.close();
  return writeSafetensors(tensors);
}
