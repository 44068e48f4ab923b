import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainPlaneCost } from "../../test/plain-plane-cost.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { plane, sphere, texturedView } from "../../test/textured-views.ts";
import { gaussian } from "../core/random.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { openPlaneScorer } from "./plane-scorer.ts";

const surfaces = [plane([0.2, 0.1, 1], 4), sphere([0.2, 0, 3], 0.6)];
const poses = [
  rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]),
  rigidPose(rotationFromVector([0.02, -0.1, 0.05]), [0.4, 0.05, 0.1]),
  rigidPose(rotationFromVector([-0.1, 0.05, 0]), [-0.1, 0.35, -0.1]),
];
const [reference, ...sources] = poses.map((pose, i) =>
  texturedView(pose, surfaces, { width: 60 + 4 * i, height: 50 - 3 * i }),
) as [ReturnType<typeof texturedView>, ...ReturnType<typeof texturedView>[]];
const scorer = openPlaneScorer(reference, sources);

describe("planes are scored", () => {
  test("as plain loops do it", () => {
    fc.assert(
      fc.property(anyRandom, fc.nat(59), fc.nat(49), (random, x, y) => {
        const w = 0.25 + 0.05 * gaussian(random);
        const slopes = [0.002 * gaussian(random), 0.002 * gaussian(random)] as const;
        scorer.weigh(x, y);
        scorer.compare(x, y, w, ...slopes);
        for (const [k, source] of sources.entries()) {
          expect(scorer.costs[k]).toBeCloseTo(plainPlaneCost(reference, source, [x, y], [w, ...slopes]), 3);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("best where they are", () => {
    // On the plane n·X = d: w = n·ray / d.
    const { fx, fy, cx, cy } = reference.intrinsics;
    const costs: number[] = [];
    let worse = 0;
    for (let y = 6; y < 44; y += 3) {
      for (const x of [4, 6, 8, 50, 52]) {
        const w = (0.2 * ((x - cx) / fx) + 0.1 * ((y - cy) / fy) + 1) / 4;
        scorer.weigh(x, y);
        const costAt = (factor: number): number => {
          scorer.compare(x, y, factor * w, 0.05 / fx, 0.025 / fy);
          return Math.min(...scorer.costs);
        };
        const cost = costAt(1);
        costs.push(cost);
        if (cost > costAt(1.06) || cost > costAt(0.94)) worse++;
      }
    }
    expect(worse).toBeLessThan(0.1 * costs.length);
    expect(costs.sort((a, b) => a - b)[costs.length >> 1]).toBeLessThan(0.1);
  });

  test("with nothing gained from flat pictures, and from what is not seen", () => {
    const flat = { ...sources[0]!, gray: new Uint8Array(sources[0]!.gray.length).fill(90) };
    const behind = { ...sources[0]!, worldFromCam: rigidPose([-1, 0, 0, 0, 1, 0, 0, 0, -1], [0, 0, -2]) };
    const blind = openPlaneScorer(reference, [flat, behind]);
    expect(blind.weigh(30, 20)).toBeGreaterThan(5);
    blind.compare(30, 20, 0.3, 0, 0);
    expect([...blind.costs]).toEqual([1, 1]);
    expect(openPlaneScorer(flat, sources).weigh(30, 20)).toBe(0);
  });
});
