import { bytesInMemory } from "../core/byte-source.ts";
import type { Size } from "../core/size.ts";
import { DESCRIPTOR_LENGTH, type Features } from "../features/features.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../formats/safetensors-writer.ts";
import { readFloats } from "../formats/tensor-entry.ts";

/** Features as a small safetensors file. */
export function serializeFeatures({
  width,
  height,
  count,
  positions,
  scales,
  angles,
  descriptors,
}: Features): Uint8Array {
  const tensors = new Map<string, TensorContent>([
    ["size", { dtype: "F32", shape: [2], values: Float32Array.of(width, height) }],
    ["positions", { dtype: "F32", shape: [count, 2], values: positions }],
    ["scales", { dtype: "F32", shape: [count], values: scales }],
    ["angles", { dtype: "F32", shape: [count], values: angles }],
    ["descriptors", { dtype: "U8", shape: [count, DESCRIPTOR_LENGTH], values: descriptors }],
  ]);
  return writeSafetensors(tensors);
}

/** The features that `serializeFeatures` wrote of a photo of that size; undefined for anything else. */
export async function deserializeFeatures(bytes: Uint8Array, { width, height }: Size): Promise<Features | undefined> {
  const source = bytesInMemory("stored features", bytes);
  const header = await readSafetensorsHeader(source).catch(() => undefined);
  const entry = (name: string, dtype: string, ...shape: readonly number[]) => {
    const found = header?.tensors.get(name);
    return found?.dtype === dtype && found.shape.join() === shape.join() ? found : undefined;
  };
  const count = header?.tensors.get("scales")?.shape[0] ?? 0;
  const entries = [
    entry("size", "F32", 2),
    entry("positions", "F32", count, 2),
    entry("scales", "F32", count),
    entry("angles", "F32", count),
  ].filter((one) => one !== undefined);
  const codes = entry("descriptors", "U8", count, DESCRIPTOR_LENGTH);
  if (entries.length < 4 || codes === undefined) return undefined;
  const [size, positions, scales, angles] = await Promise.all(entries.map((one) => readFloats(source, one)));
  if (size![0] !== width || size![1] !== height) return undefined;
  const isInside = positions!.every((x, i) => x >= -1 && x <= (i % 2 === 0 ? width : height));
  if (!isInside || !scales!.every((scale) => scale > 0) || !angles!.every(Number.isFinite)) return undefined;
  const descriptors = Uint8Array.from(await source.read(codes.offset, codes.byteLength));
  return { width, height, count, positions: positions!, scales: scales!, angles: angles!, descriptors };
}
