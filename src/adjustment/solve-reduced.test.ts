import fc from "fast-check";
import { expect, test } from "vitest";
import { denseLower } from "../../test/dense-lower.ts";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { gaussian, type Random } from "../core/random.ts";
import { solvePositiveDefinite } from "../geometry/solve-positive-definite.ts";
import { blockPattern, diagonalBlock } from "./block-matrix.ts";
import { emptyReducedSystem, type ReducedSystem } from "./reduced-system.ts";
import { solveReduced } from "./solve-reduced.ts";

/** A system of blocks of one to six unknowns, a third of them not zero; `diagonal` makes it definite. */
function randomSystem(random: Random, diagonal: number): ReducedSystem {
  const offsets = [0];
  for (let block = 0; block < 9; block++) offsets.push(offsets.at(-1)! + 1 + Math.floor(6 * random()));
  const pattern = blockPattern(Uint32Array.from(offsets), (row) =>
    [...Array(row).keys()].filter(() => random() < 0.35),
  );
  const system = emptyReducedSystem(pattern, 0);
  for (let k = 0; k < system.values.length; k++) system.values[k] = gaussian(random);
  for (let block = 0; block < 9; block++) {
    const size = offsets[block + 1]! - offsets[block]!;
    for (let i = 0; i < size; i++) system.values[diagonalBlock(pattern, block) + i * (size + 1)]! += diagonal;
  }
  for (let k = 0; k < system.right.length; k++) system.right[k] = gaussian(random);
  return system;
}

function denseSolution({ pattern, values, right }: ReducedSystem): Float64Array | undefined {
  return solvePositiveDefinite(denseLower(pattern, values), right);
}

test("the solution is that of the dense matrix", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const system = randomSystem(random, 40);
      expect(largestDifference(solveReduced(system)!, denseSolution(system)!)).toBeLessThan(1e-9);
    }),
  );
});

test("where factorization takes too long, it is nearly that, by conjugate gradients", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const system = randomSystem(random, 40);
      const expected = denseSolution(system)!;
      const scale = Math.max(...expected.map(Math.abs));
      const found = solveReduced({ ...system, factorization: undefined })!;
      expect(largestDifference(found, expected) / scale).toBeLessThan(5e-3);
    }),
  );
});

test("what is not positive definite has none", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const system = randomSystem(random, 0);
      system.values[diagonalBlock(system.pattern, 4)] = -1;
      expect(solveReduced(system)).toBeUndefined();
    }),
  );
});
