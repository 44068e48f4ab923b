import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readGoldens } from "../../test/golden.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { gaussian, type Random, randomInteger, seededRandom } from "../core/random.ts";
import { mutualNearestNeighbors, NO_NEIGHBOR, nearestNeighbors } from "./nearest-neighbors.ts";

/** The definition, point by point. */
function bruteForce(queries: Float32Array, points: Float32Array): { indices: number[]; squaredDistances: number[] } {
  const indices: number[] = [];
  const squaredDistances: number[] = [];
  for (let q = 0; q < queries.length; q += 3) {
    let nearest = NO_NEIGHBOR;
    let least = Number.POSITIVE_INFINITY;
    for (let p = 0; p < points.length; p += 3) {
      const [x, y, z] = [0, 1, 2].map((k) => points[p + k]! - queries[q + k]!) as [number, number, number];
      const squared = x * x + y * y + z * z;
      if (squared < least) [nearest, least] = [p / 3, squared];
    }
    indices.push(nearest);
    squaredDistances.push(least);
  }
  return { indices, squaredDistances };
}

function expectExact(points1: Float32Array, points2: Float32Array): void {
  const forward = bruteForce(points1, points2);
  const found = nearestNeighbors(points1, points2);
  expect([...found.indices]).toEqual(forward.indices);
  expect([...found.squaredDistances]).toEqual(forward.squaredDistances);
  const backward = bruteForce(points2, points1).indices;
  const mutual = forward.indices.flatMap((j, i) => (backward[j] === i ? [[i, j]] : []));
  const { indices1, indices2 } = mutualNearestNeighbors(points1, points2);
  expect([...indices1].map((i, k) => [i, indices2[k]])).toEqual(mutual);
}

const cloud = (count: number, coordinate: (axis: number) => number): Float32Array =>
  Float32Array.from({ length: 3 * count }, (_, i) => coordinate(i % 3));

const CLOUDS: Record<string, (random: Random, count: number) => Float32Array> = {
  scattered: (random, count) => cloud(count, () => gaussian(random)),
  "on a grid, with ties and duplicates": (random, count) => cloud(count, () => randomInteger(random, 4)),
  "in tight clusters": (random, count) =>
    cloud(count, () => 100 * randomInteger(random, 3) + 1e-4 * randomInteger(random, 9)),
  "in a plane": (random, count) => cloud(count, (axis) => (axis === 2 ? 5 : gaussian(random))),
  "on a line": (random, count) => cloud(count, (axis) => (axis === 0 ? gaussian(random) : -1)),
  "one place": (_, count) => cloud(count, () => 0.3),
  "of every magnitude": (random, count) => cloud(count, () => gaussian(random) * 10 ** (60 * random() - 40)),
  "with points that are not finite": (random, count) =>
    cloud(count, () => [Number.NaN, Number.POSITIVE_INFINITY, 1, 2][randomInteger(random, 40)] ?? gaussian(random)),
};

describe("neighbors equal those found by comparing all with all", () => {
  test.each(Object.entries(CLOUDS))("points %s", (_name, draw) => {
    fc.assert(
      fc.property(anyRandom, fc.nat(120), fc.nat(120), (random, count1, count2) =>
        expectExact(draw(random, count1), draw(random, count2)),
      ),
      { numRuns: 40 },
    );
  });

  test("two kinds of clouds at once", () => {
    const random = seededRandom("kinds");
    const clouds = Object.values(CLOUDS).map((draw) => draw(random, 90));
    for (const points1 of clouds) for (const points2 of clouds) expectExact(points1, points2);
  });
});

test("equals the reference's reciprocal matches", () => {
  const golden = readGoldens("reciprocal_matches.safetensors");
  const points1 = golden("P1").data;
  const points2 = golden("P2").data;
  expect([...nearestNeighbors(points2, points1).indices]).toEqual([...golden("nn2_in_P1").data]);
  const { indices1, indices2 } = mutualNearestNeighbors(points1, points2);
  const chosen = [...golden("reciprocal_in_P2").data.keys()].filter((j) => golden("reciprocal_in_P2").data[j] === 1);
  expect([...indices2].sort((a, b) => a - b)).toEqual(chosen);
  expect([...indices2].map((j) => golden("nn2_in_P1").data[j])).toEqual([...indices1]);
  expect(indices1.length).toBe(golden("num_matches").data[0]);
});

/** With all pairs compared this would take hours: it ends in time only if the tree prunes well. */
test.each<[string, (i: number) => number]>([
  ["all in one place", () => 1],
  ["in two places", (i) => i % 2],
  ["close together but for one far away", (i) => (i === 7 ? 1e30 : (i * 7919) % 65_536)],
])("100,000 points %s", (_name, x) => {
  const points = new Float32Array(300_000);
  for (let i = 0; i < 100_000; i++) points.fill(x(i), 3 * i, 3 * i + 3);
  const { indices1, indices2 } = mutualNearestNeighbors(points, points);
  const first = new Map<number, number>();
  for (let i = 0; i < 100_000; i++) if (!first.has(x(i))) first.set(x(i), i);
  expect([...indices1]).toEqual([...first.values()]);
  expect(indices2).toEqual(indices1);
});
