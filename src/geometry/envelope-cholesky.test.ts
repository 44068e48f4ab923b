import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { compactOrder } from "./compact-order.ts";
import { envelopeOf, factorizeEnvelope, solveEnvelope } from "./envelope-cholesky.ts";
import { solvePositiveDefinite } from "./solve-positive-definite.ts";

test("has the solution that the dense factorization has", () => {
  const random = seededRandom("envelope");
  for (let trial = 0; trial < 20; trial++) {
    const n = 1 + Math.floor(12 * random());
    const firsts = Int32Array.from({ length: n }, (_, row) => Math.floor((row + 1) * random()));
    const envelope = envelopeOf(firsts);
    const values = new Float64Array(envelope.size);
    const dense = new Float64Array(n * n);
    for (let row = 0; row < n; row++) {
      for (let column = firsts[row]!; column <= row; column++) {
        const value = row === column ? 2 * n : 2 * random() - 1;
        values[envelope.offsets[row]! + column] = value;
        dense[row * n + column] = value;
      }
    }
    const right = Float64Array.from({ length: n }, () => random());
    const expected = solvePositiveDefinite(dense, right)!;
    expect(factorizeEnvelope(envelope, values)).toBe(true);
    solveEnvelope(envelope, values, right);
    right.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  }
});

test("tells what is not positive definite", () => {
  expect(factorizeEnvelope(envelopeOf(Int32Array.of(0, 0)), Float64Array.of(1, 2, 1))).toBe(false);
});

test("the rows of a ring are short in the order of its graph, whatever its nodes are called", () => {
  const count = 60;
  const names = Array.from({ length: count }, (_, i) => (7 * i) % count);
  const edges = names.map((name, i) => [name, names[(i + 1) % count]!] as const);
  const order = compactOrder(count, edges);
  expect([...order].sort((a, b) => a - b)).toEqual([...names.keys()]);
  const place = new Map(order.map((node, i) => [node, i]));
  const firsts = Int32Array.from(order, (_, i) => i);
  for (const [a, b] of edges) {
    const [p, q] = [place.get(a)!, place.get(b)!];
    firsts[Math.max(p, q)] = Math.min(firsts[Math.max(p, q)]!, p, q);
  }
  expect(envelopeOf(firsts).size).toBeLessThanOrEqual(3 * count);
});

test("nodes without edges have a place, too", () => {
  expect(compactOrder(4, [[1, 3]]).sort()).toEqual([0, 1, 2, 3]);
});
