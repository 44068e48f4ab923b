import { expect, test } from "vitest";
import { planeView } from "../../test/plane-view.ts";
import { mutualNearestNeighbors } from "../geometry/nearest-neighbors.ts";
import { overlapOf } from "../rgbd/overlap.ts";
import { reprojectedColors } from "../rgbd/reprojected-colors.ts";
import { depthThumbnail, pairsByOverlap } from "./by-overlap.ts";
import { verifyPairs } from "./verify-pairs.ts";

const VIEWS = Array.from({ length: 12 }, (_, index) => planeView(index, { width: 128, height: 96 }));
const THUMBNAILS = VIEWS.map(depthThumbnail);

test("a thumbnail tells the overlap of whole views", () => {
  for (const [i, j] of [
    [0, 1],
    [2, 7],
    [3, 9],
  ] as const) {
    const { seen, known } = reprojectedColors(VIEWS[i]!, VIEWS[j]!);
    expect(THUMBNAILS[i]!.width).toBe(64);
    expect(Math.abs(overlapOf(THUMBNAILS[i]!, THUMBNAILS[j]!) - seen / known)).toBeLessThan(0.03);
  }
});

test("pairs lie in the range, every view has partners of all degrees, and no pair comes twice", () => {
  const range = [0.5, 0.85] as const;
  const pairs = pairsByOverlap(THUMBNAILS, { range, partners: 2 });
  const mutual = (i: number, j: number): number =>
    (overlapOf(THUMBNAILS[i]!, THUMBNAILS[j]!) + overlapOf(THUMBNAILS[j]!, THUMBNAILS[i]!)) / 2;
  for (const { first, second, score } of pairs) {
    expect(first).toBeLessThan(second);
    expect(score).toBeCloseTo(mutual(first, second));
    expect(score >= range[0] && score <= range[1]).toBe(true);
  }
  expect(new Set(pairs.map(({ first, second }) => `${first} ${second}`)).size).toBe(pairs.length);
  for (let i = 0; i < VIEWS.length; i++) {
    const possible = VIEWS.map((_, j) => j).filter(
      (j) => j !== i && mutual(i, j) >= range[0] && mutual(i, j) <= range[1],
    );
    const chosen = pairs.filter(({ first, second }) => first === i || second === i);
    expect(chosen.length).toBeGreaterThanOrEqual(Math.min(2, possible.length));
  }
  expect(pairsByOverlap([THUMBNAILS[0]!])).toEqual([]);
});

test("only pairs with enough mutual matches are kept; progress is told, a signal stops", async () => {
  // Two images of the same points, and one of others.
  const points = [0, 0.001, 10].map((shift) =>
    Float32Array.from({ length: 90 }, (_, i) => Math.sin(7 * i + shift) + shift),
  );
  const candidates = [
    { first: 0, second: 1, score: 1 },
    { first: 0, second: 2, score: 1 },
  ];
  const matchingShare = async (i: number, j: number): Promise<number> => {
    const { indices1, indices2 } = mutualNearestNeighbors(points[i]!, points[j]!);
    return indices1.filter((from, k) => from === indices2[k]).length / 30;
  };
  let done = 0;
  const options = { matchingShare, leastShare: 0.6, onProgress: () => done++ };
  expect(await verifyPairs(candidates, options)).toEqual([candidates[0]]);
  expect(done).toBe(2);
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(verifyPairs(candidates, { ...options, signal })).rejects.toThrow("stopped");
});
