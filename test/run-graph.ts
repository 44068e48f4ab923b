import type { TensorValues } from "../src/runtime/device.ts";
import { openSession } from "../src/runtime/session.ts";
import { onnxModel } from "../src/tensor/onnx-model.ts";
import type { Tensor } from "../src/tensor/tensor.ts";

/** Numbers to feed, float32 unless they say otherwise. */
export type Feeds = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: Float32Array | BigInt64Array }>
>;

/** Computes tensors that have no parameters, on one CPU thread; may be called again with other numbers. */
export async function compile(outputs: Readonly<Record<string, Tensor>>): Promise<{
  run(feeds: Feeds): Promise<Readonly<Record<string, Float32Array>>>;
  dispose(): Promise<void>;
}> {
  const { bytes, inputs } = onnxModel(outputs, () => new Uint8Array());
  const session = await openSession(bytes, { device: "cpu", threads: 1 });
  return {
    async run(feeds) {
      const needed = inputs.map(({ name, dtype }) => [name, { ...feeds[name]!, dtype }]);
      const results = await session.run(Object.fromEntries(needed) as TensorValues);
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, value.data as Float32Array]));
    },
    dispose: () => session.dispose(),
  };
}

/** As `compile`, for a single run. */
export async function runGraph(
  outputs: Readonly<Record<string, Tensor>>,
  feeds: Feeds,
): Promise<Readonly<Record<string, Float32Array>>> {
  const graph = await compile(outputs);
  try {
    return await graph.run(feeds);
  } finally {
    await graph.dispose();
  }
}
