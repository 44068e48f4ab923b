import { seededRandom } from "../src/core/random.ts";
import type { Engine } from "../src/runtime/engine-process.ts";
import { onnxModel } from "../src/tensor/onnx-model.ts";
import { matmul } from "../src/tensor/operators/linalg.ts";
import { constant, input } from "../src/tensor/tensor.ts";

/** A transformer's product: 768 tokens, 1024 wide, four times as wide inside. */
const [ROWS, INNER, COLUMNS] = [768, 1024, 4096];
const CHAIN = 4;

/**
 * The rate, in GFLOPS, that ONNX Runtime's own matrix product reaches on this machine at this moment: constant weights
 * in its preferred layout, several in a row so that hand-over time vanishes. The yardstick of every other figure.
 */
export async function gemmPeak(engine: Engine, seconds = 3): Promise<number> {
  const random = seededRandom("gemm peak");
  const weights = (size: number) => Float32Array.from({ length: size }, () => (random() - 0.5) / 16);
  let x = input("x", [ROWS, INNER]);
  for (let i = 0; i < CHAIN; i++) {
    x = matmul(x, constant(weights(INNER * COLUMNS), [INNER, COLUMNS]));
    x = matmul(x, constant(weights(INNER * COLUMNS), [COLUMNS, INNER]));
  }
  const session = await engine.open(onnxModel({ x1: x }, () => new Uint8Array()).bytes, { prepack: true });
  const feed = { x: { dtype: "float32", shape: [ROWS, INNER], data: weights(ROWS * INNER) } } as const;
  await session.run(feed);
  let fastest = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + 1000 * seconds; performance.now() < end; ) {
    const start = performance.now();
    await session.run(feed);
    fastest = Math.min(fastest, performance.now() - start);
  }
  await session.dispose();
  return (CHAIN * 2 * 2 * ROWS * INNER * COLUMNS) / fastest / 1e6;
}
