import fc from "fast-check";
import { expect, test } from "vitest";
import { bundleScene } from "../../test/bundle-scene.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { gaussian, type Random } from "../core/random.ts";
import type { Bundle } from "./bundle.ts";
import { bundleState } from "./bundle-state.ts";
import { costOf, type Objective } from "./objective.ts";
import { observationsByPoint } from "./observations-by-point.ts";
import { huberLoss } from "./robust-loss.ts";
import { settlePoints } from "./settle-points.ts";

/** A scene whose points are off, by so much in each direction. */
function astray(random: Random, noise: number, distance: number): Bundle {
  const scene = bundleScene(random, { photos: 8, points: 40, lens: [-0.1, 0.02], noise });
  return { ...scene, points: scene.points.map((value) => value + distance * gaussian(random)) };
}

function objectiveOf(bundle: Bundle): Objective {
  return {
    observations: observationsByPoint(bundle),
    loss: huberLoss(1),
    focalPriors: bundle.cameras.map(() => undefined),
  };
}

test("the cost never rises, and is that of the points as they are then", () => {
  fc.assert(
    fc.property(anyRandom, fc.double({ min: 0.01, max: 3, noNaN: true }), (random, distance) => {
      const bundle = astray(random, 1, distance);
      const [objective, state] = [objectiveOf(bundle), bundleState(bundle)];
      const before = costOf(objective, state);
      const cost = settlePoints(objective, state, bundleState(bundle));
      expect(cost).toBeLessThanOrEqual(before);
      expect(cost / costOf(objective, state)).toBeCloseTo(1, 12);
    }),
    { numRuns: 30 },
  );
});

test("points that are a little off come back where cameras are right", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const bundle = astray(random, 0, 1e-3);
      const [objective, state] = [objectiveOf(bundle), bundleState(bundle)];
      const before = costOf(objective, state);
      expect(settlePoints(objective, state, bundleState(bundle))).toBeLessThan(1e-3 * before);
    }),
    { numRuns: 30 },
  );
});
