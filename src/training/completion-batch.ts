import { type Random, randomInteger } from "../core/random.ts";
import { gridCoordinates, type PatchGrid, tokenCount } from "../network/tokens.ts";
import type { TensorValues } from "../runtime/device.ts";

/** A random order of an image's patches, of which the last ones will be hidden. */
export function shuffledPatches(grid: PatchGrid, random: Random): readonly number[] {
  const order = Array.from({ length: tokenCount(grid) }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const other = randomInteger(random, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}

/** Two pictures of one place, cut into patches `[tokens, 3 · p · p]`, and the order in which the first one's are seen. */
export interface CompletionPair {
  readonly patches1: Float32Array;
  readonly patches2: Float32Array;
  readonly order: readonly number[];
}

/** What `completionGraph` is fed with. */
export function completionBatch(pairs: readonly CompletionPair[], grid: PatchGrid, hidden: number): TensorValues {
  const tokens = tokenCount(grid);
  const size = pairs[0]!.patches1.length / tokens;
  const coordinates = gridCoordinates([grid]);
  const gather = (count: number, from: (pair: CompletionPair, token: number) => Float32Array) => {
    const data = new Float32Array(pairs.length * count * size);
    pairs.forEach((pair, i) => {
      for (let token = 0; token < count; token++) data.set(from(pair, token), (i * count + token) * size);
    });
    return { dtype: "float32", shape: [pairs.length * count, size], data } as const;
  };
  const patch = (patches: Float32Array, token: number) => patches.subarray(token * size, (token + 1) * size);
  const seen = tokens - hidden;
  const places = pairs.flatMap(({ order }) => order.flatMap((t) => [coordinates[2 * t]!, coordinates[2 * t + 1]!]));
  return {
    visible: gather(seen, ({ patches1, order }, token) => patch(patches1, order[token]!)),
    hidden: gather(hidden, ({ patches1, order }, token) => patch(patches1, order[seen + token]!)),
    patches2: gather(tokens, ({ patches2 }, token) => patch(patches2, token)),
    positions: { dtype: "int64", shape: [pairs.length * tokens, 2], data: BigInt64Array.from(places) },
  };
}
