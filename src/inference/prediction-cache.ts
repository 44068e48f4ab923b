import type { BlobStore } from "../core/blob-store.ts";
import { bytesInMemory } from "../core/byte-source.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { View, ViewPair } from "../core/view.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../formats/safetensors-writer.ts";
import { readFloats } from "../formats/tensor-entry.ts";

const MAPS = ["pointmap1", "confidence1", "pointmap2", "confidence2"] as const;

/** The key under which a pair's prediction is kept: it names everything that the numbers depend on. */
export function pairKey(network: string, view1: View, view2: View): string {
  return `${network.slice(0, 16)}-${view1.hash.slice(0, 24)}-${view2.hash.slice(0, 24)}`;
}

/** Keeps a prediction as a small safetensors file. */
export async function storePrediction(store: BlobStore, key: string, prediction: PairPrediction): Promise<void> {
  const shapes = { "1": prediction.size1, "2": prediction.size2 };
  const tensors = MAPS.map((name): [string, TensorContent] => {
    const { width, height } = shapes[name.at(-1) as "1" | "2"];
    const shape = name.startsWith("pointmap") ? [height, width, 3] : [height, width];
    return [name, { dtype: "F32", shape, values: prediction[name] }];
  });
  await store.put(key, writeSafetensors(new Map(tensors)));
}

/** A prediction stored earlier, for these views under their present indices; undefined where there is none. */
export async function storedPrediction(
  store: BlobStore,
  key: string,
  pair: ViewPair,
  views: readonly View[],
): Promise<PairPrediction | undefined> {
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  const source = bytesInMemory(key, bytes);
  const { tensors } = await readSafetensorsHeader(source);
  const read = async (name: (typeof MAPS)[number]) => readFloats(source, tensors.get(name)!);
  const size = (view: View) => ({ width: view.width, height: view.height });
  return {
    ...pair,
    size1: size(views[pair.view1]!),
    size2: size(views[pair.view2]!),
    pointmap1: await read("pointmap1"),
    confidence1: await read("confidence1"),
    pointmap2: await read("pointmap2"),
    confidence2: await read("confidence2"),
  };
}
