import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom, randomRotation } from "../../test/random-geometry.ts";
import { multiplyVector3, type Vector3 } from "../geometry/mat3.ts";
import { angleGate } from "./angle-gate.ts";

test("opens from its angle on, tiny or more than a right one", () => {
  fc.assert(
    fc.property(anyRandom, fc.double({ min: -8, max: Math.log10(3), noNaN: true }), (random, exponent) => {
      const angle = 10 ** exponent;
      const rotation = randomRotation(random);
      const directions: readonly Vector3[] = [
        [0, 0, 1],
        [Math.sin(angle), 0, Math.cos(angle)],
      ];
      const [a, b] = directions.map((direction) => multiplyVector3(rotation, direction)) as [Vector3, Vector3];
      // Unit vectors are rounded to 1e-16.
      const margin = 1e-6 * angle + 1e-15;
      expect(angleGate(angle - margin)(a, b)).toBe(true);
      expect(angleGate(angle + margin)(a, b)).toBe(false);
    }),
  );
});
