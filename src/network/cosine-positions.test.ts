import { expect, test } from "vitest";
import { compile } from "../../test/run-graph.ts";
import { input } from "../tensor/tensor.ts";
import { cosinePositions } from "./cosine-positions.ts";

const grid = { rows: 3, columns: 4 };
const tokens = { x: input("x", [24, 8]), batch: 2, grid };

test("a token's code depends on its row and column alone, and no two places share one", async () => {
  const graph = await compile({ codes: cosinePositions(tokens, 8) });
  const { codes } = await graph.run({});
  await graph.dispose();
  const code = (token: number) => [...codes!.subarray(8 * token, 8 * token + 8)];
  expect(code(0)).toEqual([0, 0, 0.3, 0.3, 0, 0, 0.3, 0.3].map(Math.fround));
  expect(code(12)).toEqual(code(0));
  // Row 1, column 2.
  expect(code(6).slice(0, 4)).toEqual([Math.sin(1), Math.sin(0.01), Math.cos(1), Math.cos(0.01)].map(scaled));
  expect(code(6).slice(4)).toEqual([Math.sin(2), Math.sin(0.02), Math.cos(2), Math.cos(0.02)].map(scaled));
  expect(new Set(Array.from({ length: 12 }, (_, token) => code(token).join())).size).toBe(12);
});

test("channels that cannot be halved twice are refused", () => {
  expect(() => cosinePositions(tokens, 6)).toThrow(RangeError);
});

function scaled(value: number): number {
  return Math.fround(0.3 * value);
}
