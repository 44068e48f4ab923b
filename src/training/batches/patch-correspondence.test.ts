import { expect, test } from "vitest";
import type { DepthView } from "../../rgbd/rgbd-view.ts";
import { correspondenceBatch } from "./patch-correspondence.ts";

/** A wall at depth 8, seen by a camera that stands `side` units to the right. */
function wallView(side: number): DepthView {
  return {
    width: 8,
    height: 4,
    depth: new Float32Array(32).fill(8),
    intrinsics: { fx: 8, fy: 8, cx: 3.5, cy: 1.5 },
    worldFromCam: Float64Array.of(1, 0, 0, side, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
  };
}

test("patches that show the same part of a wall correspond, those out of the partner's frame to none", () => {
  // Two units at depth 8 are two pixels, one patch: what view 1 has in column c, view 2 has in column c - 1.
  const { shares } = correspondenceBatch([[wallView(0), wallView(2)]], 2);
  expect(shares!.shape).toEqual([2, 8, 8]);
  for (let patch = 0; patch < 8; patch++) {
    const [left, right] = [0, 1].map((image) => [
      ...shares!.data.slice((8 * image + patch) * 8, (8 * image + patch + 1) * 8),
    ]);
    const row = (at: number, there: boolean) => Array.from({ length: 8 }, (_, i) => (there && i === at ? 1 : 0));
    expect(left).toEqual(row(patch - 1, patch % 4 > 0));
    expect(right).toEqual(row(patch + 1, patch % 4 < 3));
  }
});

test("what is occluded or not measured corresponds to nothing", () => {
  const [first, second] = [wallView(0), wallView(0)];
  second.depth[0] = 4;
  second.depth[5] = 0;
  const { shares } = correspondenceBatch([[first, second]], 2);
  // Three of four pixels of patches 0 and 2 are left.
  expect([0, 1, 2, 3].map((patch) => shares!.data[patch * 8 + patch])).toEqual([0.75, 1, 0.75, 1]);
});
