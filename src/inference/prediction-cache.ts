import { bytesInMemory } from "../core/byte-source.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { View, ViewPair } from "../core/view.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../formats/safetensors-writer.ts";
import { readFloats } from "../formats/tensor-entry.ts";
import type { PairInference } from "./pair-inference.ts";

/** Part of every key: raise it when the same weights and views give other numbers, or another layout, than before. */
const PREDICTION_VERSION = 1;

const MAPS = ["pointmap1", "confidence1", "pointmap2", "confidence2"] as const;

/** The key under which a pair's prediction is kept: it names everything that the numbers depend on. */
export function pairKey(
  { checkpoint, dtype, mirrors }: Pick<PairInference, "checkpoint" | "dtype" | "mirrors">,
  view1: View,
  view2: View,
): string {
  const network = `${checkpoint.hash.slice(0, 24)}-${dtype}${mirrors ? "-mirror" : ""}`;
  return `${PREDICTION_VERSION}-${network}-${view1.hash.slice(0, 24)}-${view2.hash.slice(0, 24)}`;
}

/** A prediction as a small safetensors file; what its key names is left out. */
export function serializePrediction(prediction: PairPrediction): Uint8Array {
  const sizes = { "1": prediction.size1, "2": prediction.size2 };
  const tensors = MAPS.map((name): [string, TensorContent] => {
    const { width, height } = sizes[name.at(-1) as "1" | "2"];
    const shape = name.startsWith("pointmap") ? [height, width, 3] : [height, width];
    return [name, { dtype: "F32", shape, values: prediction[name] }];
  });
  return writeSafetensors(new Map(tensors));
}

/** The prediction that `serializePrediction` wrote, for these views under their present indices. */
export async function deserializePrediction(
  bytes: Uint8Array,
  pair: ViewPair,
  views: readonly View[],
): Promise<PairPrediction> {
  const source = bytesInMemory("a stored prediction", bytes);
  const { tensors } = await readSafetensorsHeader(source);
  const read = async (name: (typeof MAPS)[number]) => readFloats(source, tensors.get(name)!);
  const size = ({ width, height }: View) => ({ width, height });
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
