import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deform, subdivide, twistAndTaper } from "./deform.ts";
import { type Mesh, pointAt } from "./mesh.ts";
import { box, carvedBox, cylinder, ellipsoid, frustum, heightField, lathe, prism, torus } from "./solids.ts";
import { cross, dot, type Vec3 } from "./vec3.ts";

/** Enclosed volume by the divergence theorem: right only when every face looks outward and none is missing. */
function volumeOf({ positions, triangles }: Mesh): number {
  let volume = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => pointAt(positions, triangles[t + k]!)) as [Vec3, Vec3, Vec3];
    volume += dot(a, cross(b, c)) / 6;
  }
  return volume;
}

/** Area of a regular polygon over the area of its circle. */
const polygonShare = (n: number): number => (n / (2 * Math.PI)) * Math.sin((2 * Math.PI) / n);

describe("volumes", () => {
  test("a box", () => expect(volumeOf(box([2, 3, 0.5]))).toBeCloseTo(3, 5));
  test("a cylinder over a 24-gon", () =>
    expect(volumeOf(cylinder(0.7, 2, 24))).toBeCloseTo(Math.PI * 0.49 * 2 * polygonShare(24), 4));
  test("a frustum of a cone", () =>
    expect(volumeOf(frustum(1, 0.5, 3, 30))).toBeCloseTo(((Math.PI * 3) / 3) * (1 + 0.5 + 0.25) * polygonShare(30), 4));
  test("an ellipsoid approaches 4/3 π abc", () =>
    expect(volumeOf(ellipsoid([1, 2, 0.5], 200, 120)) / ((4 / 3) * Math.PI)).toBeCloseTo(1, 2));
  test("a torus approaches 2 π² R r²", () =>
    expect(volumeOf(torus(2, 0.5, 300, 120)) / (2 * Math.PI ** 2 * 2 * 0.25)).toBeCloseTo(1, 2));
  test("a square prism", () =>
    expect(
      volumeOf(
        prism(
          [
            [1, 0],
            [0, 1],
            [-1, 0],
            [0, -1],
          ],
          2,
        ),
      ),
    ).toBeCloseTo(4, 5));
  test("a tube, whose profile runs down its outside and up its inside", () => {
    const profile = [
      [0.5, 1],
      [1, 1],
      [1, 0],
      [0.5, 0],
      [0.5, 1],
    ] as const;
    expect(volumeOf(lathe(profile, 40))).toBeCloseTo(Math.PI * 0.75 * polygonShare(40), 4);
  });

  test("a carved box holds exactly its solid cells", () => {
    const steps = fc.array(fc.double({ min: 0.1, max: 2, noNaN: true }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(steps, steps, steps, fc.infiniteStream(fc.boolean()), (dx, dy, dz, bits) => {
        const planes = (sizes: number[]): number[] =>
          [0, ...sizes].map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, -1));
        const keep = Array.from({ length: dx.length * dy.length * dz.length }, () => bits.next().value as boolean);
        const solid = (i: number, j: number, k: number): boolean => keep[(i * dy.length + j) * dz.length + k]!;
        let expected = 0;
        for (const [i, x] of dx.entries()) {
          for (const [j, y] of dy.entries()) {
            for (const [k, z] of dz.entries()) if (solid(i, j, k)) expected += x * y * z;
          }
        }
        expect(volumeOf(carvedBox(planes(dx), planes(dy), planes(dz), solid))).toBeCloseTo(expected, 3);
      }),
      { numRuns: 60 },
    );
  });
});

describe("surfaces", () => {
  test("an ellipsoid's vertices and normals are exact", () => {
    const [a, b, c] = [0.5, 1.5, 0.8];
    const { positions, normals } = ellipsoid([a, b, c], 12, 8);
    for (let v = 0; v < positions.length / 3; v++) {
      const [x, y, z] = pointAt(positions, v);
      expect((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2).toBeCloseTo(1, 5);
      const gradient: Vec3 = [x / a ** 2, y / b ** 2, z / c ** 2];
      expect(dot(gradient, pointAt(normals, v)) / Math.hypot(...gradient)).toBeCloseTo(1, 5);
    }
  });

  test("a torus' vertices and normals are exact", () => {
    const { positions, normals } = torus(2, 0.5, 12, 10);
    for (let v = 0; v < positions.length / 3; v++) {
      const [x, y, z] = pointAt(positions, v);
      const out = Math.hypot(x, y) - 2;
      expect(Math.hypot(out, z)).toBeCloseTo(0.5, 5);
      const normal: Vec3 = [(out * x) / Math.hypot(x, y) / 0.5, (out * y) / Math.hypot(x, y) / 0.5, z / 0.5];
      expect(dot(normal, pointAt(normals, v))).toBeCloseTo(1, 5);
    }
  });

  test("a sloping field has its slope's normal", () => {
    const { normals } = heightField(4, 3, (x, y) => 0.5 * x - 0.25 * y);
    const expected: Vec3 = [-0.5, 0.25, 1];
    for (let v = 0; v < normals.length / 3; v++) {
      expect(dot(expected, pointAt(normals, v)) / Math.hypot(...expected)).toBeCloseTo(1, 5);
    }
  });
});

describe("deformation", () => {
  test("subdivision keeps the solid and quadruples its triangles", () => {
    const solid = box([1, 2, 3]);
    const fine = subdivide(solid, 2);
    expect(fine.triangles.length).toBe(16 * solid.triangles.length);
    expect(volumeOf(fine)).toBeCloseTo(6, 4);
  });

  test("a twist opens no cracks at sharp edges and keeps the volume", () => {
    const twisted = deform(subdivide(box([1, 1, 2]), 4), twistAndTaper(0.8, 0));
    expect(volumeOf(twisted)).toBeCloseTo(2, 1);
    const byPlace = new Map<string, number>();
    for (let t = 0; t < twisted.triangles.length; t += 3) {
      for (let k = 0; k < 3; k++) {
        const ends = [twisted.triangles[t + k]!, twisted.triangles[t + ((k + 1) % 3)]!].map((v) =>
          pointAt(twisted.positions, v)
            .map((value) => value.toFixed(5))
            .join(),
        );
        const sign = ends[0]! < ends[1]! ? 1 : -1;
        const edge = ends.sort().join("|");
        byPlace.set(edge, (byPlace.get(edge) ?? 0) + sign);
      }
    }
    expect([...byPlace.values()].every((uses) => uses === 0)).toBe(true);
  });
});
