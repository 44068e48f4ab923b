import fc from "fast-check";
import { expect, test } from "vitest";
import { runGraph } from "../../../test/run-graph.ts";
import { seededRandom } from "../../core/random.ts";
import { input } from "../../tensor/tensor.ts";
import { adamwState } from "./adamw.ts";
import { openMuon } from "./muon.ts";
import { orthogonalize } from "./orthogonalize.ts";
import { parameterLayout } from "./parameter-layout.ts";

test("orthogonalizing keeps the singular vectors and brings the singular values near one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom([8, 8], [6, 12], [12, 6]), async (seed, [rows, columns]) => {
      const random = seededRandom(String(seed));
      const [m, n] = [rows!, columns!];
      const data = Float32Array.from({ length: 2 * m * n }, () => 2 * random() - 1);
      const shape = [2, m, n];
      const { x } = await runGraph({ x: orthogonalize(input("matrices", shape)) }, { matrices: { shape, data } });
      for (const matrix of [0, 1]) {
        const part = (values: Float32Array) => values.subarray(matrix * m * n, (matrix + 1) * m * n);
        // With A = U S Vᵀ and X = U D Vᵀ, Aᵀ X = V S D Vᵀ is symmetric; the columns' lengths add up to the sum of D².
        const product = transposedProduct(part(data), part(x!), m, n);
        for (let i = 0; i < n; i++)
          for (let j = 0; j < i; j++) expect(product[i * n + j]).toBeCloseTo(product[j * n + i]!, 3);
        const squares = part(x!).reduce((sum, value) => sum + value * value, 0) / Math.min(m, n);
        expect(squares).toBeGreaterThan(0.4);
        expect(squares).toBeLessThan(1.4);
      }
    }),
    { numRuns: 8 },
  );
});

test("matrices of blocks get orthogonal updates, everything else AdamW's, zero gradients none", async () => {
  const layout = parameterLayout(
    new Map([
      ["enc_blocks.0.attn.qkv.weight", [12, 4]],
      ["enc_blocks.0.attn.qkv.bias", [12]],
      ["dec_blocks.0.mlp.fc1.weight", [8, 4]],
      ["downstream_head1.proj.weight", [2, 4]],
    ]),
  );
  const muon = await openMuon(layout, { threads: 1 });
  const random = seededRandom("gradient");
  const gradient = Float32Array.from({ length: layout.length }, () => 2 * random() - 1);
  const { start, end } = layout.ranges.get("dec_blocks.0.mlp.fc1.weight")!;
  gradient.fill(0, start, end);
  const values = new Float32Array(layout.length);
  await muon.step(values, gradient, adamwState(layout), { learningRate: 0.1, weightDecay: 0 });
  await muon[Symbol.asyncDispose]();

  expect(values.subarray(start, end)).toEqual(new Float32Array(end - start));
  for (const name of ["enc_blocks.0.attn.qkv.bias", "downstream_head1.proj.weight"]) {
    const range = layout.ranges.get(name)!;
    for (let i = range.start; i < range.end; i++) expect(values[i]).toBeCloseTo(-0.1 * Math.sign(gradient[i]!), 4);
  }
  // Each of the three 4×4 parts is a multiple of a matrix with singular values near one.
  for (let part = 0; part < 3; part++) {
    const matrix = values.subarray(16 * part, 16 * (part + 1)).map((value) => value / (-0.1 * 0.2 * 2));
    const squares = matrix.reduce((sum, value) => sum + value * value, 0) / 4;
    expect(squares).toBeGreaterThan(0.4);
    expect(squares).toBeLessThan(1.4);
    const slope = matrix.reduce((sum, value, i) => sum + value * gradient[16 * part + i]!, 0);
    expect(slope).toBeGreaterThan(0);
  }
});

test("finds the minimum of a quadratic", async () => {
  const layout = parameterLayout(new Map([["dec_blocks.0.attn.proj.weight", [3, 3]]]));
  const muon = await openMuon(layout, { threads: 1 });
  const [values, state] = [new Float32Array(9), adamwState(layout)];
  for (let step = 0; step < 300; step++) {
    const gradient = values.map((value, i) => 2 * (value - i / 4));
    await muon.step(values, gradient, state, { learningRate: 0.3 * (1 - step / 300), weightDecay: 0 });
  }
  await muon[Symbol.asyncDispose]();
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(i / 4, 1);
});

/** Aᵀ B of `[m, n]` matrices. */
function transposedProduct(a: Float32Array, b: Float32Array, m: number, n: number): Float32Array {
  const product = new Float32Array(n * n);
  for (let k = 0; k < m; k++)
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) product[i * n + j]! += a[k * n + i]! * b[k * n + j]!;
  return product;
}
