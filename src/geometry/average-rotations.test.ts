import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom, randomRotation, randomVector } from "../../test/random-geometry.ts";
import type { Random } from "../core/random.ts";
import { averageRotations } from "./average-rotations.ts";
import { IDENTITY3, type Matrix3, multiply3, scaleVector3 } from "./mat3.ts";
import { rotationAngle, rotationFromVector } from "./rotation.ts";

const nearby = (rotation: Matrix3, random: Random, spread: number): Matrix3 =>
  multiply3(rotationFromVector(scaleVector3(spread, randomVector(random))), rotation);

test("a minority of wrong rotations does not move it", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const truth = randomRotation(random);
      const wrong = Array.from({ length: 3 }, () => randomRotation(random));
      const average = averageRotations([...wrong, ...Array<Matrix3>(7).fill(truth)])!;
      expect(rotationAngle(average, truth)).toBeLessThan(1e-6);
    }),
  );
});

test("no rotation nearby has a smaller sum of angles", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const truth = randomRotation(random);
      const rotations = Array.from({ length: 8 }, () => nearby(truth, random, 0.2));
      const weights = rotations.map(() => 0.5 + random());
      const cost = (a: Matrix3) => rotations.reduce((sum, b, i) => sum + weights[i]! * rotationAngle(a, b), 0);
      const average = averageRotations(rotations, weights)!;
      const best = cost(average);
      for (let i = 0; i < 20; i++) expect(cost(nearby(average, random, 0.02))).toBeGreaterThan(best - 1e-6);
    }),
  );
});

test("rotations of no weight have no say, and there is no average of nothing", () => {
  const other = rotationFromVector([1, 0, 0]);
  expect(rotationAngle(averageRotations([IDENTITY3, other], [1, 0])!, IDENTITY3)).toBeLessThan(1e-9);
  expect(averageRotations([])).toBeUndefined();
  expect(averageRotations([IDENTITY3], [0])).toBeUndefined();
});
