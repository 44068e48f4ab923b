import fc from "fast-check";
import { expect, test } from "vitest";
import { determinant3 } from "../geometry/mat3.ts";
import { invertRigid, rotationOf, transformPoints } from "../geometry/pose.ts";
import { lookAt } from "./photographer.ts";
import { add, subtract, type Vec3 } from "./vec3.ts";

const coordinate = fc.double({ min: -5, max: 5, noNaN: true });
const point = fc.tuple(coordinate, coordinate, coordinate);

test("a camera sees its target straight ahead, what is above it at smaller y, and right-handed axes", () => {
  fc.assert(
    fc.property(point, point, (eye: Vec3, target: Vec3) => {
      const [dx, dy, dz] = subtract(target, eye);
      const distance = Math.hypot(dx, dy, dz);
      // Straight up and down there is no above.
      fc.pre(distance > 0.1 && Math.hypot(dx, dy) > 0.05 * distance);
      const worldFromCam = lookAt(eye, target);
      expect(determinant3(rotationOf(worldFromCam))).toBeCloseTo(1, 9);
      const above = add(target, [0, 0, 0.01]);
      const [x, y, z, , aboveY, aboveZ] = transformPoints(
        invertRigid(worldFromCam),
        Float64Array.from([...target, ...above]),
      );
      expect(x).toBeCloseTo(0, 9);
      expect(y).toBeCloseTo(0, 9);
      expect(z).toBeCloseTo(distance, 9);
      expect(aboveY! / aboveZ!).toBeLessThan(0);
    }),
  );
});

test("roll turns the picture, not the direction of view", () => {
  const [level, rolled] = [lookAt([1, 2, 1], [0, 0, 1]), lookAt([1, 2, 1], [0, 0, 1], Math.PI / 2)];
  for (const row of [0, 4, 8]) {
    expect(rolled[row + 2]).toBeCloseTo(level[row + 2]!, 12);
    // By a quarter turn, the right-hand axis becomes the former downward one.
    expect(rolled[row]).toBeCloseTo(level[row + 1]!, 12);
  }
});
