import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../test/golden.ts";
import { anyRandom, largestDifference, randomRotation, randomVector } from "../../test/random-geometry.ts";
import { determinant3, IDENTITY3, type Matrix3, multiply3, normalize, scaleVector3, transpose3 } from "./mat3.ts";
import { rotationOf } from "./pose.ts";
import {
  quaternionFromRotation,
  rotationAngle,
  rotationFromQuaternion,
  rotationFromVector,
  vectorFromRotation,
} from "./rotation.ts";

const golden = readGoldens("pnp_registration.safetensors");
const matrices = Array.from(
  { length: 5 },
  (_, i) => [...golden("rotmat_to_unitquat_xyzw.in").data.slice(9 * i, 9 * i + 9)] as unknown as Matrix3,
);

describe("quaternions", () => {
  test("equal the reference up to their sign", () => {
    const expected = golden("rotmat_to_unitquat_xyzw.out").data;
    matrices.forEach((matrix, i) => {
      const reference = expected.slice(4 * i, 4 * i + 4);
      const sign = reference[3]! < 0 ? -1 : 1;
      expectClose(
        quaternionFromRotation(matrix),
        reference.map((x) => sign * x),
        { absolute: 1e-6, relative: 0 },
      );
    });
  });

  test("lead there and back", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const rotation = randomRotation(random);
        expect(determinant3(rotation)).toBeCloseTo(1, 12);
        const back = rotationFromQuaternion(quaternionFromRotation(rotation));
        expect(largestDifference(back, rotation)).toBeLessThan(1e-14);
      }),
    );
  });

  test.each([
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ])("half turns keep all digits: diag(%i, %i, %i)", (a, b, c) => {
    const half: Matrix3 = [a, 0, 0, 0, b, 0, 0, 0, c];
    expect(largestDifference(rotationFromQuaternion(quaternionFromRotation(half)), half)).toBeLessThan(1e-15);
  });
});

describe("rotation vectors", () => {
  test("turn by their length", () => {
    fc.assert(
      fc.property(anyRandom, fc.double({ min: 0, max: 3.14, noNaN: true }), (random, angle) => {
        const rotation = rotationFromVector(scaleVector3(angle, normalize(randomVector(random))));
        expect(rotationAngle(IDENTITY3, rotation)).toBeCloseTo(angle, 7);
        expect(largestDifference(multiply3(rotation, transpose3(rotation)), IDENTITY3)).toBeLessThan(1e-14);
      }),
    );
  });

  test("come back from their matrices", () => {
    fc.assert(
      fc.property(anyRandom, fc.double({ min: 0, max: 3.14, noNaN: true }), (random, angle) => {
        const vector = scaleVector3(angle, normalize(randomVector(random)));
        expect(largestDifference(vectorFromRotation(rotationFromVector(vector)), vector)).toBeLessThan(1e-9);
      }),
    );
  });

  test.each([1e-12, 1e-7, 1e-3])("angles of %f are not lost", (angle) => {
    expect(rotationAngle(IDENTITY3, rotationFromVector([0, angle, 0])) / angle).toBeCloseTo(1, 5);
  });
});

test("the angle between two poses equals the reference", () => {
  const poses = golden("align_poses.src").data;
  const [a, b] = [0, 16].map((start) => rotationOf(Float64Array.from(poses.slice(start, start + 16))));
  expectClose([(rotationAngle(a!, b!) * 180) / Math.PI], golden("angular_error_deg").data, { relative: 1e-5 });
});

test("rotation vectors round-trip", () => {
  fc.assert(
    fc.property(anyRandom, fc.double({ min: 1e-9, max: 3.1, noNaN: true }), (random, angle) => {
      const vector = scaleVector3(angle, normalize(randomVector(random)));
      expect(largestDifference(vectorFromRotation(rotationFromVector(vector)), vector)).toBeLessThan(1e-9);
    }),
  );
});
