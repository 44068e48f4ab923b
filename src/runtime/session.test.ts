import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { onnxModel } from "../tensor/onnx-model.ts";
import { sum } from "../tensor/operators/broadcasting.ts";
import { input } from "../tensor/tensor.ts";
import { openSession } from "./session.ts";

test("results do not depend on where in memory the data lie", async () => {
  const random = seededRandom("session");
  const data = Float32Array.from({ length: 1000 }, () => random());
  const model = onnxModel({ y: sum(input("x", [1, data.length]), [1], false) }, () => new Uint8Array());
  const session = await openSession(model.bytes, { device: "cpu", threads: 1 });
  const sums = new Set<number>();
  for (const offset of [0, 1, 2, 3, 4, 5]) {
    const moved = new Float32Array(offset + data.length).subarray(offset);
    moved.set(data);
    const { y } = await session.run({ x: { dtype: "float32", shape: [1, data.length], data: moved } });
    sums.add(Number(y!.data[0]));
  }
  await session.dispose();
  expect(sums.size).toBe(1);
});
