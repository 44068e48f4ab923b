import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bundleScene, disturb } from "../../test/bundle-scene.ts";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import type { Random } from "../core/random.ts";
import { solvePositiveDefinite } from "../geometry/solve-positive-definite.ts";
import type { Bundle } from "./bundle.ts";
import { type BundleState, bundleState, moveState } from "./bundle-state.ts";
import { costOf, linearize, type Objective } from "./objective.ts";
import { longestTrack, observationsByPoint } from "./observations-by-point.ts";
import { reduceToCameras } from "./reduce-to-cameras.ts";
import { reducedPattern } from "./reduced-pattern.ts";
import { emptyReducedSystem, type ReducedSystem } from "./reduced-system.ts";
import { BY_CAMERA, BY_PHOTO, BY_POINT, ERROR, emptyReprojection, packFree, ROW } from "./reprojection.ts";
import { huberLoss } from "./robust-loss.ts";
import { solveReduced } from "./solve-reduced.ts";
import { substitutePoints } from "./substitute-points.ts";
import { type Unknowns, unknownsOf } from "./unknowns.ts";

interface Problem {
  readonly objective: Objective;
  readonly unknowns: Unknowns;
  readonly state: BundleState;
}

/** Two cameras, one of which keeps its focal length; one photo is fixed. */
function problem(random: Random): Problem {
  const scene = bundleScene(random, { photos: 8, points: 30, cameras: 2, lens: [-0.1, 0.02] });
  const start = disturb(random, scene, { degrees: 0.5, distance: 0.02, focal: 0.02 });
  const bundle: Bundle = {
    ...start,
    cameras: start.cameras.map((camera, i) => ({
      ...camera,
      focalPrior: { focal: 800, sigma: 0.05 },
      free: { focal: i === 0, principalPoint: i === 1, distortion: true },
    })),
    photos: start.photos.map((photo, i) => ({ ...photo, fixed: i === 3 })),
    observations: {
      ...start.observations,
      sigma: Float32Array.from(start.observations.photo, () => 0.5 + random()),
    },
  };
  return {
    objective: {
      observations: observationsByPoint(bundle),
      loss: huberLoss(1),
      focalPriors: bundle.cameras.map(({ focalPrior }) => focalPrior),
    },
    unknowns: unknownsOf(bundle),
    state: bundleState(bundle),
  };
}

function reduced({ objective, unknowns, state }: Problem, damping: number): ReducedSystem {
  const system = emptyReducedSystem(reducedPattern(objective, unknowns), longestTrack(objective.observations));
  reduceToCameras(system, objective, unknowns, { state, damping });
  return system;
}

describe("reduceToCameras", () => {
  test("the gradient equals central differences of the cost", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const given = problem(random);
        const { gradient } = reduced(given, 1);
        const still = new Float64Array(given.state.points.length);
        const scale = Math.max(...gradient.map(Math.abs));
        gradient.forEach((slope, i) => {
          const costAt = (step: number) => {
            const change = new Float64Array(gradient.length);
            change[i] = step;
            return costOf(given.objective, moveState(given.state, given.unknowns, change, still));
          };
          const difference = (costAt(1e-6) - costAt(-1e-6)) / 2e-6;
          expect(Math.abs(slope - difference) / scale).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 20 },
    );
  });

  test("its step and the points' are those of the whole system", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const given = problem(random);
        const damping = 10 ** (-4 * random());
        const whole = wholeStep(given, damping);
        // Of normal equations that are not positive definite, as far as numbers can tell, there is no step.
        fc.pre(whole !== undefined);
        const system = reduced(given, damping);
        const change = solveReduced(system)!;
        const { objective, unknowns, state } = given;
        const points = substitutePoints(objective, unknowns, { state, damping }, change);
        const scale = Math.max(...whole.map(Math.abs));
        expect(largestDifference([...change, ...points.change], whole) / scale).toBeLessThan(1e-6);
      }),
      { numRuns: 20 },
    );
  });
});

/** The damped step of all unknowns, then points, from normal equations that are put together in full; undefined where these are not definite. */
function wholeStep({ objective, unknowns, state }: Problem, damping: number): Float64Array | undefined {
  const { starts, photo, photoCameras } = objective.observations;
  const cameraUnknowns = unknowns.offsets.at(-1)!;
  const count = cameraUnknowns + state.points.length;
  const matrix = new Float64Array(count * count);
  const right = new Float64Array(count);
  const add = (row: Float64Array, error: number) => {
    row.forEach((a, i) => {
      right[i]! -= a * error;
      row.forEach((b, j) => {
        matrix[i * count + j]! += a * b;
      });
    });
  };
  const out = emptyReprojection();
  for (let point = 0; point < starts.length - 1; point++) {
    for (let k = starts[point]!; k < starts[point + 1]!; k++) {
      if (Number.isNaN(linearize(objective, state, k, point, out))) continue;
      const camera = photoCameras[photo[k]!]!;
      const size = packFree(out, unknowns.freeIntrinsics[camera]!);
      const places = [
        ...range(BY_PHOTO, 6, unknowns.offsets[unknowns.photoBlocks[photo[k]!]!]),
        ...range(BY_CAMERA, size, unknowns.offsets[unknowns.cameraBlocks[camera]!]),
        ...range(BY_POINT, 3, cameraUnknowns + 3 * point),
      ];
      for (const axis of [0, ROW]) {
        const row = new Float64Array(count);
        for (const [from, to] of places) row[to] = out[axis + from]!;
        add(row, out[axis + ERROR]!);
      }
    }
  }
  const row = new Float64Array(count);
  row[unknowns.offsets[unknowns.cameraBlocks[0]!]!] = 1 / 0.05;
  add(row, Math.log(state.intrinsics[0]! / 800) / 0.05);
  for (let i = 0; i < count; i++) matrix[i * count + i]! *= 1 + damping;
  return solvePositiveDefinite(matrix, right);
}

function range(from: number, size: number, to: number | undefined): (readonly [number, number])[] {
  return to === undefined ? [] : Array.from({ length: size }, (_, i) => [from + i, to + i] as const);
}
