import fc from "fast-check";
import { expect, test } from "vitest";
import { bundleScene, disturb } from "../../test/bundle-scene.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import type { Bundle } from "./bundle.ts";
import { bundleState, moveState } from "./bundle-state.ts";
import { observationsByPoint } from "./observations-by-point.ts";
import {
  BY_CAMERA,
  BY_PHOTO,
  BY_POINT,
  differentiate,
  ERROR,
  emptyReprojection,
  ROW,
  reproject,
} from "./reprojection.ts";
import { CAMERA_DOF, PHOTO_DOF, unknownsOf } from "./unknowns.ts";

const EVERYTHING = { focal: true, principalPoint: true, distortion: true };
const STEP = 1e-6;

test("derivatives by pose, camera and point equal central differences", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const scene = bundleScene(random, { photos: 12, points: 3, lens: [-0.2, 0.05], free: EVERYTHING });
      const bundle = disturb(random, scene, { degrees: 2, distance: 0.1, focal: 0.1 });
      const observations = observationsByPoint(bundle);
      const unknowns = unknownsOf(bundle);
      const state = bundleState(bundle);
      const reprojection = emptyReprojection();
      for (let point = 0; point < 3; point++) {
        const k = observations.starts[point]!;
        const photo = observations.photo[k]!;
        const errorAfter = (place: number, pointPlace: number, step: number): [number, number] => {
          const change = new Float64Array(unknowns.offsets.at(-1)!);
          const pointChange = new Float64Array(bundle.points.length);
          change[place] = step;
          pointChange[pointPlace] = step;
          const moved = emptyReprojection();
          reproject(moveState(state, unknowns, change, pointChange), observations, k, point, moved);
          return [moved[ERROR]!, moved[ERROR + ROW]!];
        };
        const check = (derivative: number, place: number, pointPlace = -1) => {
          const [after, before] = [errorAfter(place, pointPlace, STEP), errorAfter(place, pointPlace, -STEP)];
          for (const axis of [0, 1] as const) {
            const slope = (after[axis] - before[axis]) / (2 * STEP);
            const found = reprojection[axis * ROW + derivative]! / 0.5;
            expect(Math.abs(found - slope)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
          }
        };
        expect(reproject(state, observations, k, point, reprojection)).toBeGreaterThan(0);
        differentiate(state, observations, k, 0.5, reprojection);
        const photoPlace = unknowns.offsets[unknowns.photoBlocks[photo]!]!;
        const cameraPlace = unknowns.offsets[unknowns.cameraBlocks[0]!]!;
        for (let i = 0; i < PHOTO_DOF; i++) check(BY_PHOTO + i, photoPlace + i);
        for (let i = 0; i < CAMERA_DOF; i++) check(BY_CAMERA + i, cameraPlace + i);
        for (let i = 0; i < 3; i++) check(BY_POINT + i, -1, 3 * point + i);
      }
    }),
    { numRuns: 20 },
  );
});

test("a camera sees nothing that is behind it, that its lens folds back, or that is no number", () => {
  const seen = (point: readonly number[], k1 = 0, xy: readonly number[] = [0, 0]): number => {
    const bundle: Bundle = {
      cameras: [{ fx: 1, fy: 1, cx: 0, cy: 0, k1, free: EVERYTHING }],
      photos: [
        { camera: 0, camFromWorld: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), fixed: false },
      ],
      points: Float64Array.from(point),
      observations: { photo: Uint32Array.of(0), point: Uint32Array.of(0), xy: Float64Array.from(xy) },
    };
    return reproject(bundleState(bundle), observationsByPoint(bundle), 0, 0, emptyReprojection());
  };
  expect(seen([3, 4, 1])).toBeCloseTo(25, 12);
  expect(seen([0.5, 0, 1], -1)).toBeCloseTo(0.375 ** 2, 12);
  expect(seen([0.6, 0, 1], -1)).toBeNaN();
  expect(seen([3, 4, -1])).toBeNaN();
  expect(seen([0, 0, 0])).toBeNaN();
  expect(seen([1, 0, 0])).toBeNaN();
  expect(seen([Number.NaN, 0, 1])).toBeNaN();
  expect(seen([Number.POSITIVE_INFINITY, 0, 1])).toBeNaN();
  expect(seen([0, 0, 1], 0, [Number.NaN, 0])).toBeNaN();
});
