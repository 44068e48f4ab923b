import { describe, expect, test } from "vitest";
import { plane, sphere, type TexturedView, texturedView } from "../../test/textured-views.ts";
import { emptyPlanes } from "../geometry/plane-map.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { estimatePlanes, improvePlanes } from "./estimate-planes.ts";
import { findAgreement } from "./find-agreement.ts";
import type { ScoredPlanes } from "./patch-match.ts";
import type { PlanePrior } from "./plane-judge.ts";

const size = { width: 128, height: 96 };
const surfaces = [plane([0.25, 0.1, 1], 4.2), sphere([0.1, 0.1, 3], 0.7)];
const poses = [
  rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]),
  rigidPose(rotationFromVector([0.01, -0.1, 0.02]), [0.4, 0.02, 0.05]),
  rigidPose(rotationFromVector([-0.08, 0.03, 0]), [-0.1, 0.35, -0.05]),
];
const views = poses.map((pose) => texturedView(pose, surfaces, size));

/** Everywhere the same depth, off by a third and more. */
function vaguePrior(depth = 3.4): PlanePrior {
  const planes = emptyPlanes(size);
  planes.inverseDepth.fill(1 / depth);
  return { ...planes, reach: new Float32Array(size.width * size.height).fill(2) };
}

const estimate = (i: number, seed = "a"): ScoredPlanes =>
  estimatePlanes({ reference: views[i]!, sources: views.filter((_, k) => k !== i), prior: vaguePrior(), seed });

/** Share of the pixels, more than `border` from the edge, whose depth is right to a factor. */
function shareWithin(
  { depth }: TexturedView,
  planes: ScoredPlanes,
  tolerance: number,
  isCounted = (_: number) => true,
) {
  let [right, total] = [0, 0];
  for (let i = 0; i < depth.length; i++) {
    const [x, y] = [i % size.width, Math.floor(i / size.width)];
    if (x < 12 || y < 12 || x >= size.width - 12 || y >= size.height - 12 || !isCounted(i)) continue;
    total++;
    if (Math.abs(1 / planes.inverseDepth[i]! / depth[i]! - 1) < tolerance) right++;
  }
  return right / total;
}

describe("a plane behind a sphere", () => {
  const planes = views.map((_, i) => estimate(i));

  test("is found from a vague prior", () => {
    expect(shareWithin(views[0]!, planes[0]!, 0.02)).toBeGreaterThan(0.85);
  });

  test("equal seeds give equal planes, others do not", () => {
    expect(estimate(0).inverseDepth).toEqual(planes[0]!.inverseDepth);
    expect(estimate(0, "b").inverseDepth).not.toEqual(planes[0]!.inverseDepth);
  });

  test("photos agree on nearly all of it, and what they agree on is right", () => {
    const problem = (i: number) => ({
      reference: views[i]!,
      sources: views.filter((_, k) => k !== i),
      prior: vaguePrior(),
      seed: "g",
    });
    const improved = views.map((_, i) =>
      improvePlanes(
        planes[i]!,
        problem(i),
        planes.filter((_, k) => k !== i),
      ),
    );
    const [first, ...others] = improved.map((planes, i) => ({ view: views[i]!, planes }));
    const agreeing = findAgreement(first!, others);
    const isMarked = (i: number) => agreeing[i]! > 0;
    expect(agreeing.filter((count) => count > 0).length / agreeing.length).toBeGreaterThan(0.75);
    expect(shareWithin(views[0]!, improved[0]!, 0.02, isMarked)).toBeGreaterThan(0.97);
  });

  test("with a wrong camera photos agree on little", () => {
    const wrong = { ...views[1]!, worldFromCam: rigidPose(rotationFromVector([0.1, 0, 0.2]), [-0.3, 0.3, 0.2]) };
    const pair = [views[0]!, wrong];
    const maps = pair.map((reference, i) =>
      estimatePlanes({ reference, sources: [pair[1 - i]!], prior: vaguePrior(), seed: "w" }),
    );
    const agreeing = findAgreement({ view: pair[0]!, planes: maps[0]! }, [{ view: wrong, planes: maps[1]! }]);
    expect(agreeing.filter((count) => count > 0).length / agreeing.length).toBeLessThan(0.1);
  });
});

test("is found where one source of four shows it and the others show something else", () => {
  const [reference, seeing] = [views[0]!, views[1]!];
  const others = [
    views[2]!,
    ...[0.3, -0.3].map((x) => texturedView(rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [x, 0, 0]), surfaces, size)),
  ];
  const strangers = others.map((view) => ({ ...view, gray: view.gray.toReversed() }));
  const planes = estimatePlanes({ reference, sources: [...strangers, seeing], prior: vaguePrior(), seed: "h" });
  expect(shareWithin(reference, planes, 0.02)).toBeGreaterThan(0.8);
});

test("where a photo is blank the prior stands and nothing is marked", () => {
  const blank = views.map((view) => ({ ...view, gray: new Uint8Array(view.gray.length).fill(120) }));
  const prior = vaguePrior();
  const planes = blank
    .slice(0, 2)
    .map((reference, i) => estimatePlanes({ reference, sources: [blank[1 - i]!], prior, seed: "x" }));
  expect(planes[0]!.inverseDepth).toEqual(prior.inverseDepth);
  const [first, second] = planes.map((map, i) => ({ view: blank[i]!, planes: map }));
  expect(findAgreement(first!, [second!]).every((count) => count === 0)).toBe(true);
});
