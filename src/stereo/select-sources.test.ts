import { expect, test } from "vitest";
import { rigidPose } from "../geometry/pose.ts";
import type { DepthView } from "../rgbd/rgbd-view.ts";
import { selectSources } from "./select-sources.ts";

const size = { width: 32, height: 24 };

/** A camera beside the origin that looks at a wall three units away, and takes it to be at `depth`. */
function viewAt(x: number, depth = 3): DepthView {
  return {
    ...size,
    intrinsics: { fx: 30, fy: 30, cx: 15.5, cy: 11.5 },
    worldFromCam: rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [x, 0, 0]),
    depth: new Float32Array(size.width * size.height).fill(depth),
  };
}

test("a photo at a useful angle comes first; one of the same place is none", () => {
  expect(selectSources([viewAt(0), viewAt(0.05), viewAt(0.4), viewAt(0)], 0, 4)).toEqual([2, 1]);
});

test("a photo whose own depth contradicts comes later, but is no less a source", () => {
  expect(selectSources([viewAt(0), viewAt(0.4, 8), viewAt(-0.5)], 0, 4)).toEqual([2, 1]);
});

test("a photo that looks elsewhere is none", () => {
  const away = { ...viewAt(0.4), worldFromCam: rigidPose([-1, 0, 0, 0, 1, 0, 0, 0, -1], [0.4, 0, 0]) };
  expect(selectSources([viewAt(0), away], 0, 4)).toEqual([]);
});
