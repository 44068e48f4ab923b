import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom } from "../../test/random-geometry.ts";
import { addGram } from "./gram.ts";

test("every product of two rows is added below the diagonal", () => {
  const sizes = [fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 12 })] as const;
  fc.assert(
    fc.property(anyRandom, ...sizes, fc.constantFrom(1, -1, 0.5), (random, size, length, factor) => {
      const rows = Float64Array.from({ length: size * length }, () => random() - 0.5);
      const before = Float64Array.from({ length: size * size }, () => random());
      const matrix = before.slice();
      addGram(matrix, rows, { size, length, factor });
      for (let i = 0; i < size; i++) {
        for (let j = 0; j <= i; j++) {
          let product = 0;
          for (let k = 0; k < length; k++) product += rows[i * length + k]! * rows[j * length + k]!;
          expect(matrix[i * size + j]! - before[i * size + j]!).toBeCloseTo(factor * product, 12);
        }
      }
    }),
  );
});
