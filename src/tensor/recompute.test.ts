import { expect, test } from "vitest";
import { expectClose } from "../../test/golden.ts";
import { runGraph } from "../../test/run-graph.ts";
import { gaussian, seededRandom } from "../core/random.ts";
import { gradients } from "./gradients.ts";
import { operationsInOrder } from "./onnx-model.ts";
import { sum } from "./operators/broadcasting.ts";
import { add, gelu, multiply } from "./operators/elementwise.ts";
import { linear } from "./operators/linalg.ts";
import { applyPiece, type PieceRunner, recompute } from "./recompute.ts";
import { elementCount } from "./shape.ts";
import { input, type Tensor } from "./tensor.ts";

const SHAPES = {
  x: [5, 4],
  y: [5, 4],
  w0: [8, 4],
  b0: [8],
  v0: [4, 8],
  c0: [4],
  w1: [8, 4],
  b1: [8],
  v1: [4, 8],
  c1: [4],
};
const random = seededRandom("recompute");
const feeds = Object.fromEntries(
  Object.entries(SHAPES).map(([name, shape]) => [
    name,
    { shape, data: Float32Array.from({ length: elementCount(shape) }, () => gaussian(random)) },
  ]),
);

/** Two blocks that read two streams, and the gradients of everything. */
function graph(run: PieceRunner): Record<string, Tensor> {
  const leaves = Object.fromEntries(Object.entries(SHAPES).map(([name, shape]) => [name, input(name, shape)]));
  const block = (i: number) => (x?: Tensor, y?: Tensor) => {
    const hidden = gelu(linear(add(x!, y!), leaves[`w${i}`]!, leaves[`b${i}`]!));
    return add(x!, linear(hidden, leaves[`v${i}`]!, leaves[`c${i}`]!));
  };
  const first = run(block(0), [leaves.x!, leaves.y!]);
  const second = run(block(1), [first, leaves.y!]);
  const loss = sum(multiply(second, second));
  const slopes = gradients(loss, Object.values(leaves));
  return { loss, ...Object.fromEntries(Object.keys(leaves).map((name, i) => [`gradient.${name}`, slopes[i]!])) };
}

test("computing blocks again changes no gradient", async () => {
  const plain = await runGraph(graph(applyPiece), feeds);
  const again = await runGraph(graph(recompute), feeds);
  for (const [name, values] of Object.entries(plain)) {
    expectClose(again[name]!, values, { absolute: 1e-4, relative: 1e-5, name });
  }
});

test("every block is computed twice", () => {
  const count = (run: PieceRunner) =>
    operationsInOrder(Object.values(graph(run))).filter(({ type }) => type === "Gelu").length;
  expect([count(applyPiece), count(recompute)]).toEqual([2, 4]);
});
