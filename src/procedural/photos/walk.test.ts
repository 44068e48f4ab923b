import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { subtract, type Vec3 } from "../vec3.ts";
import { drawLens, forward, orbit, type Region, roam } from "./walk.ts";

const region: Region = { min: [-2, -1, 0.5], max: [2, 3, 1.8] };
const isInside = (eye: Vec3): boolean => eye.every((value, i) => value >= region.min[i]! && value <= region.max[i]!);

test("cameras stay in their region; lenses, crops and distances in their ranges", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const target: Vec3 = [0.3, 0.5, 0.7];
      const walks = [
        orbit(random, { target, size: 0.5, elevation: [0.1, 1.2], distance: [0.25, 2], region }),
        roam(random, region, [target, [1, 1, 1]]),
      ];
      for (const walk of walks) {
        for (let view = 0; view < 6; view++) {
          const { eye, focal, shift } = walk(view);
          expect(isInside(eye)).toBe(true);
          expect(focal).toBeGreaterThanOrEqual(0.5);
          expect(focal).toBeLessThanOrEqual(4);
          expect(Math.max(...shift!.map(Math.abs))).toBeLessThanOrEqual(0.15);
        }
      }
      const far = Math.hypot(...subtract(walks[0]!(0).eye, target));
      expect(far).toBeLessThanOrEqual(2 + 1e-9);
    }),
    { numRuns: 100 },
  );
});

test("half of the lenses are ordinary, the others anything from wide to long", () => {
  const focals = Array.from({ length: 2000 }, (_, i) => drawLens(seededRandom(`lens ${i}`)).focal()).sort(
    (a, b) => a - b,
  );
  const share = (low: number, high: number) => focals.filter((f) => f >= low && f < high).length / focals.length;
  expect(share(0.6, 1.1)).toBeGreaterThan(0.45);
  expect(share(1.5, 4)).toBeGreaterThan(0.18);
  expect(share(0.5, 0.6)).toBeGreaterThan(0.05);
});

test("who walks straight on comes nearer the end with every photo", () => {
  for (let seed = 0; seed < 20; seed++) {
    const walk = forward(seededRandom(`forward ${seed}`), [0, -20, 1.6], [0, 20, 1.6], 8);
    const along = Array.from({ length: 8 }, (_, view) => walk(view).eye[1]);
    // A step is 0.15 m at least, and its end may lie a fifth of it and a hand's breadth beside.
    expect(along[7]! - along[0]!).toBeGreaterThan(0.5);
    expect(Math.max(...along)).toBeLessThan(21);
  }
});
