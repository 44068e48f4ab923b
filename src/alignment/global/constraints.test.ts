import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom } from "../../../test/random-geometry.ts";
import { gaussian } from "../../core/random.ts";
import { projectFree } from "./constraints.ts";

const constraints = {
  frozen: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  tied: [[1, 2]],
  directed: [{ parameters: [3, 4, 5], direction: [0.6, 0, 0.8] }],
  balanced: [6, 7, 8],
};

test("what remains obeys all constraints, and what is taken is orthogonal to it", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const change = Float64Array.from({ length: 10 }, () => gaussian(random));
      const kept = change.slice();
      projectFree(kept, constraints);
      expect(kept[0]).toBe(0);
      expect(kept[1]).toBe(kept[2]);
      expect(kept[4]).toBeCloseTo(0, 12);
      expect(kept[3]! * 0.8).toBeCloseTo(kept[5]! * 0.6, 12);
      expect(kept[6]! + kept[7]! + kept[8]!).toBeCloseTo(0, 12);
      expect(kept[9]).toBe(change[9]);
      const taken = change.map((value, k) => value - kept[k]!);
      expect(taken.reduce((sum, value, k) => sum + value * kept[k]!, 0)).toBeCloseTo(0, 12);
    }),
  );
});
