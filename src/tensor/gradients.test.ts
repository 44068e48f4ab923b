import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectGradients } from "../../test/gradient-check.ts";
import { runGraph } from "../../test/run-graph.ts";
import { type Random, seededRandom } from "../core/random.ts";
import { gradients } from "./gradients.ts";
import { attention } from "./operators/attention.ts";
import { expand, reshape, sum } from "./operators/broadcasting.ts";
import { conv2d, convTransposeBlocks } from "./operators/convolution.ts";
import * as elementwise from "./operators/elementwise.ts";
import { linear, matmul } from "./operators/linalg.ts";
import * as movement from "./operators/movement.ts";
import { layerNorm, softmax } from "./operators/normalization.ts";
import { euclideanLength, mean } from "./operators/reduction.ts";
import { rotary, rotaryTable } from "./operators/rotary.ts";
import { upsampleDouble } from "./operators/upsample.ts";
import { elementCount, type Shape } from "./shape.ts";
import { constant, detach, input, type Tensor, withGradient } from "./tensor.ts";

const { add, divide, exp, expm1, gelu, log, maximum, minimum, multiply, negate, relu, scalar, sigmoid } = elementwise;
const { sqrt, subtract, tanh, where, greater, cast } = elementwise;
const { concat, pad, slice, split, transpose } = movement;

/** Away from zero on both sides, where kinks and poles are. */
const awayFromZero = (random: Random) => (random() < 0.5 ? -1 : 1) * (0.5 + random());
const positive = (random: Random) => 0.5 + random();

const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
/** Two shapes that broadcast: some sizes of each become 1, and either may lack its leading axes. */
const broadcastable = fc
  .tuple(sizes, fc.array(fc.constantFrom("both", "a", "b"), { minLength: 4, maxLength: 4 }), fc.integer({ max: 2 }))
  .map(([shape, keep, drop]): [Shape, Shape] => {
    const thinned = (who: string) =>
      shape.map((size, axis) => (keep[axis] === "both" || keep[axis] === who ? size : 1));
    const [a, b] = [thinned("a"), thinned("b")];
    if (drop > 0) return [a, b.slice(Math.min(drop, b.length - 1))];
    return [a.slice(Math.min(-drop, 1, a.length - 1)), b];
  });
const seeded = { numRuns: 12, seed: 7 } as const;
const random = () => seededRandom(expect.getState().currentTestName!);

describe("elementwise", () => {
  test.each<[string, (x: Tensor) => Tensor, ((random: Random) => number)?]>([
    ["negate", negate],
    ["exp", exp],
    ["log", log, positive],
    ["sqrt", sqrt, positive],
    ["tanh", tanh],
    ["sigmoid", sigmoid],
    ["relu", relu, awayFromZero],
    ["gelu", gelu],
    ["expm1", expm1],
    ["softmax of the first axis", (x) => softmax(x, 0)],
    ["softmax of the last axis", (x) => softmax(x)],
    ["mean", (x) => mean(x)],
    ["sum of the first axis", (x) => sum(x, [0])],
    ["sum of the last axis, kept", (x) => multiply(x, sum(x, [-1], true))],
    ["length", (x) => euclideanLength(x, -1), positive],
    ["used twice", (x) => multiply(add(x, x), x)],
    ["cast and back", (x) => cast(cast(x, "float64"), "float32")],
    ["where", (x) => where(greater(x, scalar(0)), multiply(x, x), x), awayFromZero],
  ])("%s", async (_, build, sample) => {
    const rng = random();
    await fc.assert(
      fc.asyncProperty(sizes, (shape) => expectGradients([shape], build, { random: rng, ...(sample && { sample }) })),
      seeded,
    );
  });

  test.each<[string, (a: Tensor, b: Tensor) => Tensor, ((random: Random) => number)?]>([
    ["add", add],
    ["subtract", subtract],
    ["multiply", multiply],
    ["divide", divide, awayFromZero],
    ["maximum", (a, b) => maximum(a, multiply(b, scalar(-1))), positive],
    ["minimum", (a, b) => minimum(a, multiply(b, scalar(-1))), positive],
  ])("%s, broadcast", async (_, build, sample) => {
    const rng = random();
    await fc.assert(
      fc.asyncProperty(broadcastable, (shapes) =>
        expectGradients(shapes, build, { random: rng, ...(sample && { sample }) }),
      ),
      seeded,
    );
  });
});

const ROTARY_POSITIONS = constant(BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 1n), [3, 2]);

test.each<[string, readonly Shape[], (...inputs: Tensor[]) => Tensor]>([
  [
    "matmul",
    [
      [3, 4],
      [4, 5],
    ],
    (a, b) => matmul(a!, b!),
  ],
  [
    "batched matmul",
    [
      [2, 3, 3, 4],
      [2, 3, 4, 2],
    ],
    (a, b) => matmul(a!, b!),
  ],
  ["linear", [[5, 3], [4, 3], [4]], (x, w, b) => linear(x!, w!, b!)],
  [
    "attention",
    [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 4],
    ],
    (q, k, v) => attention(q!, k!, v!),
  ],
  ["layerNorm", [[5, 8], [8], [8]], (x, w, b) => layerNorm(x!, w!, b!, 1e-6)],
  ["layerNorm, three axes", [[2, 3, 8], [8], [8]], (x, w, b) => layerNorm(x!, w!, b!, 1e-6)],
  ["reshape", [[2, 6]], (x) => reshape(x!, [3, 4])],
  ["transpose", [[2, 3, 4]], (x) => transpose(x!, [2, 0, 1])],
  [
    "concat",
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    (...parts) => concat(parts, 1),
  ],
  ["split, one piece unused", [[2, 6]], (x) => split(x!, [1, 2, 3], -1)[1]!],
  ["slice", [[3, 7]], (x) => slice(x!, 1, 2, 5)],
  ["pad", [[2, 3]], (x) => pad(x!, [1, 0], [0, 2])],
  ["expand", [[2, 1, 3]], (x) => expand(x!, [4, 2, 5, 3])],
  ["conv2d", [[2, 3, 5, 6], [4, 3, 3, 3], [4]], (x, w, b) => conv2d(x!, w!, b, { stride: 1, padding: 1 })],
  ["conv2d, stride 2", [[1, 3, 6, 5], [2, 3, 3, 3], [2]], (x, w, b) => conv2d(x!, w!, b, { stride: 2, padding: 1 })],
  [
    "conv2d, 1×1",
    [
      [2, 3, 4, 3],
      [5, 3, 1, 1],
    ],
    (x, w) => conv2d(x!, w!, undefined, { stride: 1, padding: 0 }),
  ],
  ["convTransposeBlocks", [[2, 3, 2, 3], [3, 4, 2, 2], [4]], (x, w, b) => convTransposeBlocks(x!, w!, b!)],
  ["upsampleDouble", [[2, 3, 3, 4]], (x) => upsampleDouble(x!)],
  ["upsampleDouble of one pixel", [[1, 2, 1, 1]], (x) => upsampleDouble(x!)],
  ["rotary", [[3, 2, 8]], (x) => rotary(x!, rotaryTable(ROTARY_POSITIONS, 5, [1, 0.5, 0.2, 0.1]))],
])("%s", async (_, shapes, build) => {
  await expectGradients(shapes, build, { random: random() });
});

describe("random graphs", () => {
  const unary = [exp, tanh, sigmoid, gelu, negate, (x: Tensor) => softmax(x), (x: Tensor) => transpose(x, [1, 0])];
  const binary = [add, subtract, multiply, (a: Tensor, b: Tensor) => divide(a, add(exp(b), scalar(1)))];
  const steps = fc.array(fc.record({ operator: fc.nat(), binary: fc.boolean(), a: fc.nat(), b: fc.nat() }), {
    minLength: 3,
    maxLength: 12,
  });
  test("every value may be used any number of times", async () => {
    const rng = random();
    await fc.assert(
      fc.asyncProperty(steps, (program) =>
        expectGradients(
          [
            [3, 3],
            [3, 3],
          ],
          (...inputs) => {
            const values: Tensor[] = [...inputs];
            const pick = (index: number) => values[index % values.length]!;
            for (const step of program) {
              // Bounded, so that chains of products and exponentials stay within range.
              const bounded = tanh(pick(step.a));
              values.push(
                step.binary
                  ? binary[step.operator % binary.length]!(bounded, pick(step.b))
                  : unary[step.operator % unary.length]!(bounded),
              );
            }
            return values.slice(2).reduce(add);
          },
          { random: rng, tolerance: 1e-2 },
        ),
      ),
      { numRuns: 15, seed: 7 },
    );
  });
});

describe("what has no derivative", () => {
  const gradientAt = async (build: (x: Tensor) => Tensor, data: number[], shape: Shape = [data.length]) => {
    const x = input("x", shape);
    const [gradient] = gradients(sum(build(x)), [x]);
    const result = await runGraph({ gradient: gradient! }, { x: { shape, data: Float32Array.from(data) } });
    return [...result.gradient!];
  };
  test("norms and square roots have zero gradient at zero", async () => {
    expect(await gradientAt((x) => euclideanLength(x, -1), [0, 0, 0, 3, 0, 4], [2, 3])).toEqual(
      [0, 0, 0, 0.6, 0, 0.8].map(Math.fround),
    );
    expect(await gradientAt(sqrt, [0, 4])).toEqual([0, 0.25]);
    expect(await gradientAt(relu, [0, -1, 2])).toEqual([0, 0, 1]);
  });
  test("a tie goes to the first", async () => {
    expect(await gradientAt((x) => maximum(x, constant(Float32Array.of(1, 1, 1))), [0, 1, 2])).toEqual([0, 1, 1]);
  });
  test("detached values are constant", async () => {
    expect(await gradientAt((x) => multiply(x, detach(x)), [2, 3])).toEqual([2, 3]);
  });
  test("no dependence is zero, of the right shape", async () => {
    const [x, y] = [input("x", [2]), input("y", [3, 2])];
    const [gx, gy] = gradients(sum(x), [x, y]);
    const result = await runGraph({ gx: gx!, gy: gy! }, {});
    expect(result).toEqual({ gx: Float32Array.of(1, 1), gy: new Float32Array(6) });
  });
  test("an intermediate value has a gradient too", async () => {
    const x = input("x", [2]);
    const square = multiply(x, x);
    const [gradient] = gradients(sum(multiply(square, square)), [square]);
    const result = await runGraph({ g: gradient! }, { x: { shape: [2], data: Float32Array.of(1, 2) } });
    expect([...result.g!]).toEqual([2, 8]);
  });
  test("a rule for the whole replaces those of its parts", async () => {
    const passThrough = (x: Tensor) => withGradient(exp(x), [x], ([dy]) => [dy]);
    expect(await gradientAt(passThrough, [3, 5])).toEqual([1, 1]);
  });
  test("comparisons say that they cannot be differentiated", () => {
    const x = input("x", [2]);
    expect(() => gradients(sum(cast(greater(x, scalar(0)), "float32")), [x])).toThrow(/Greater has no gradient/);
    expect(() => gradients(x, [x])).toThrow(/x \[2\] is no single number/);
    expect(elementCount(x.shape)).toBe(2);
  });
});
