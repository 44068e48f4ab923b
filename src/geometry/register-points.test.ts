import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../test/golden.ts";
import { anyRandom, largestDifference, randomPoints, randomSimilarity } from "../../test/random-geometry.ts";
import { determinant3 } from "./mat3.ts";
import { transformPoints } from "./pose.ts";
import { registerPoints } from "./register-points.ts";
import { type Similarity, similarityMatrix } from "./similarity.ts";

const golden = readGoldens("pnp_registration.safetensors");

function registered(...args: Parameters<typeof registerPoints>): Similarity {
  const registration = registerPoints(...args);
  if (registration.status === "failed") throw new Error(registration.reason);
  return registration.targetFromSource;
}

/** Σ w |s R x + t − y|² */
function residual(similarity: Similarity, source: Float64Array, target: Float64Array, weights: Float64Array): number {
  const moved = transformPoints(similarityMatrix(similarity), source);
  return moved.reduce((sum, x, i) => sum + weights[Math.floor(i / 3)]! * (x - target[i]!) ** 2, 0);
}

describe("registerPoints", () => {
  test.each([
    ["in general position", (points: Float64Array) => points],
    ["in a plane", (points: Float64Array) => points.map((x, i) => (i % 3 === 2 ? 4 : x))],
    ["far from the origin", (points: Float64Array) => points.map((x) => x + 1e4)],
  ])("recovers any similarity of points %s", (_name, arrange) => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const truth = randomSimilarity(random);
        const source = arrange(randomPoints(random, 6));
        const target = transformPoints(similarityMatrix(truth), source);
        const found = registered(
          source,
          target,
          Float64Array.from({ length: 6 }, () => 0.1 + random()),
        );
        expect(largestDifference(found.rotation, truth.rotation)).toBeLessThan(1e-9);
        expect(found.scale / truth.scale).toBeCloseTo(1, 9);
        expect(largestDifference(transformPoints(similarityMatrix(found), source), target)).toBeLessThan(1e-7);
      }),
    );
  });

  test("no other similarity nearby fits noisy weighted points better", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [source, target] = [randomPoints(random, 8), randomPoints(random, 8)];
        const weights = Float64Array.from({ length: 8 }, random);
        const best = registered(source, target, weights);
        const least = residual(best, source, target, weights);
        const {
          scale,
          translation: [x, y, z],
        } = best;
        const others: Similarity[] = [
          { ...best, scale: scale * 1.001 },
          { ...best, scale: scale * 0.999 },
          { ...best, translation: [x + 0.001, y, z] },
          { ...best, translation: [x, y - 0.001, z] },
        ];
        for (const other of others) expect(residual(other, source, target, weights)).toBeGreaterThan(least);
      }),
    );
  });

  test("stays a proper rotation for mirrored points", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const source = randomPoints(random, 6);
        const mirrored = source.map((x, i) => (i % 3 === 0 ? -x : x));
        expect(determinant3(registered(source, mirrored).rotation)).toBeCloseTo(1, 12);
      }),
    );
  });

  test("points without weight are ignored", () => {
    const source = Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9);
    const target = Float64Array.of(1, 2, 3, 3, 2, 3, 1, 4, 3, 1, 2, 5, -7, 0, 2);
    const found = registered(source, target, Float64Array.of(1, 1, 1, 1, 0));
    expect(found.scale).toBeCloseTo(2, 12);
    expect(largestDifference(found.translation, [1, 2, 3])).toBeLessThan(1e-12);
  });

  test.each([
    ["one point", [1, 2, 3], [1]],
    ["points in a line", [0, 0, 0, 1, 2, 3, 2, 4, 6, 3, 6, 9], [1, 1, 1, 1]],
    ["one place only", [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1]],
    ["no weight", [0, 0, 0, 1, 0, 0, 0, 1, 0], [0, 0, 0]],
    ["a NaN", [0, 0, Number.NaN, 1, 0, 0, 0, 1, 0], [1, 1, 1]],
  ])("says why it fails: %s", (_name, points, weights) => {
    const result = registerPoints(Float64Array.from(points), Float64Array.from(points), Float64Array.from(weights));
    expect(result).toMatchObject({ status: "failed", reason: expect.stringMatching(/line|weight|finite/) });
  });

  test.each([
    ["procrustes", "procrustes.x"],
    ["procrustes_reflect", "procrustes_reflect.x"],
  ])("equals the reference: %s", (name, source) => {
    const found = registered(golden(source).data, golden("procrustes.y").data, golden("procrustes.w").data);
    expectClose(found.rotation, golden(`${name}.R`).data, { absolute: 2e-6, relative: 0 });
    expectClose(found.translation, golden(`${name}.t`).data, { absolute: 2e-6, relative: 1e-5 });
    expectClose([found.scale], golden(`${name}.s`).data, { absolute: 0, relative: 1e-5 });
  });
});
