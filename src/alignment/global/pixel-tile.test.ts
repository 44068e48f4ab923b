import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { IDENTITY_SIMILARITY } from "../../geometry/similarity.ts";
import { evaluate, objective } from "./evaluate.ts";
import type { ObservedPixels, PointmapObservation } from "./observation.ts";
import type { World } from "./world.ts";

const FLOOR = 1e-3;
const options = { penalty: { kind: "distance", floor: FLOOR }, settle: { tolerance: 1e-12, maxSteps: 2000 } } as const;
const camera: World["cameras"][number] = {
  center: [0, 0, 0],
  rotation: IDENTITY_SIMILARITY.rotation,
  intrinsics: { fx: 8, fy: 8, cx: 4, cy: 4 },
};

function world(edges: number): World {
  return {
    cameras: [camera],
    edges: Array.from({ length: edges }, () => IDENTITY_SIMILARITY),
  };
}

/** Pixels of one image with points about 2 away, and far outliers among them. */
function image(pixelCount: number, observationCount: number, seed: number): ObservedPixels {
  const random = seededRandom(`tile ${seed}`);
  const pixels = Float32Array.from({ length: 2 * pixelCount }, () => 8 * random());
  const observations = Array.from({ length: observationCount }, (_, edge): PointmapObservation => {
    const points = Float32Array.from({ length: 3 * pixelCount }, (_, i) => {
      const direction = i % 3 === 2 ? 1 : (pixels[2 * Math.floor(i / 3) + (i % 3)]! - 4) / 8;
      return (random() < 0.1 ? 20 : 2) * direction + 0.2 * (random() - 0.5);
    });
    const weights = Float32Array.from({ length: pixelCount }, () => (random() < 0.1 ? 0 : random()));
    return { edge, points, weights, share: 0.5 };
  });
  return { pixels, observations };
}

/** The least sum of distances of one pixel over all depths, by ternary search: the sum is convex. */
function leastSum({ pixels, observations }: ObservedPixels, k: number): number {
  const [x, y] = [(pixels[2 * k]! - 4) / 8, (pixels[2 * k + 1]! - 4) / 8];
  const sum = (z: number) =>
    observations.reduce((total, { points, weights, share }) => {
      const [dx, dy, dz] = [z * x - points[3 * k]!, z * y - points[3 * k + 1]!, z - points[3 * k + 2]!];
      return total + share * weights[k]! * Math.sqrt(dx * dx + dy * dy + dz * dz + FLOOR * FLOOR);
    }, 0);
  let [low, high] = [0, 40];
  for (let step = 0; step < 120; step++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (sum(a) < sum(b)) high = b;
    else low = a;
  }
  return sum(low);
}

test("every pixel is found at its least sum of distances, whatever the numbers of pixels and observations", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 140 }), fc.integer({ min: 1, max: 24 }), fc.nat(), (pixels, count, seed) => {
      const observed = image(pixels, count, seed);
      const least = Array.from({ length: pixels }, (_, k) => leastSum(observed, k)).reduce((a, b) => a + b, 0);
      const { loss } = objective(world(count), [observed], options);
      expect(Math.abs(loss - least)).toBeLessThan(1e-9 + 1e-7 * least);
    }),
    { numRuns: 40 },
  );
});

test("an image is the sum of its parts, of even and odd size", () => {
  const whole = image(131, 5, 1);
  const part = (from: number, to: number): ObservedPixels => ({
    pixels: whole.pixels.subarray(2 * from, 2 * to),
    observations: whole.observations.map((o) => ({
      ...o,
      points: o.points.subarray(3 * from, 3 * to),
      weights: o.weights.subarray(from, to),
    })),
  });
  for (const kind of ["distance", "squared"] as const) {
    const wanted = { ...options, penalty: { kind, floor: FLOOR } };
    const all = evaluate(world(5), [whole], wanted);
    const parts = [part(0, 1), part(1, 66), part(66, 131)].map((some) => evaluate(world(5), [some], wanted));
    expect(parts.reduce((sum, { loss }) => sum + loss, 0)).toBeCloseTo(all.loss, 10);
    all.gradient.forEach((value, k) => {
      expect(parts.reduce((sum, { gradient }) => sum + gradient[k]!, 0)).toBeCloseTo(value, 9);
    });
  }
});

test("a pixel without observations has no depth, and neither has an image", () => {
  const silent = image(7, 2, 2);
  for (const { weights } of silent.observations) weights.fill(0, 3, 5);
  const { depths } = objective(world(2), [silent], options);
  expect([...depths[0]!].map((depth) => depth > 0)).toEqual([true, true, true, false, false, true, true]);
  const nothing = evaluate(world(0), [{ pixels: silent.pixels, observations: [] }], options);
  expect(nothing.loss).toBe(0);
  expect([...nothing.depths[0]!, ...nothing.gradient].every((value) => value === 0)).toBe(true);
});
