import { expect, test } from "vitest";
import type { FusedPoints } from "../core/dense-scene.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { pointsInPhoto } from "./points-in-photo.ts";

const size = { width: 40, height: 30 };
const camera = {
  ...size,
  intrinsics: { fx: 40, fy: 40, cx: 19.5, cy: 14.5 },
  worldFromCam: rigidPose(rotationFromVector([0, 0, 0]), [0, 0, 0]),
};

/** Points of planes facing the camera, one for each of its pixels with `isThere`. */
function points(
  planes: readonly { depth: number; isThere: (x: number, y: number) => boolean; towards?: number }[],
): FusedPoints {
  const positions: number[] = [];
  const normals: number[] = [];
  for (const { depth, isThere, towards = -1 } of planes) {
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        if (!isThere(x, y)) continue;
        positions.push(((x - 19.5) / 40) * depth, ((y - 14.5) / 40) * depth, depth);
        normals.push(0, 0, towards);
      }
    }
  }
  const count = positions.length / 3;
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    colors: new Uint8Array(3 * count),
    photos: new Uint8Array(count).fill(2),
  };
}

test("a photo shows points at their depth, and none between the sparse ones of what is in front", () => {
  const wall = { depth: 4, isThere: () => true };
  const front = { depth: 2, isThere: (x: number, y: number) => x < 20 && (x + y) % 2 === 0 };
  const shown = pointsInPhoto(points([wall, front]), camera);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const expected = x < 20 ? front.isThere(x, y) && 0.5 : x < 23 ? undefined : 0.25;
      if (expected === undefined) continue;
      expect(shown[y * size.width + x]).toBeCloseTo(Number(expected), 6);
    }
  }
});

test.each([
  ["turned away", points([{ depth: 2, isThere: () => true, towards: 1 }])],
  ["behind the camera", points([{ depth: -2, isThere: () => true }])],
])("points %s are not shown", (_, of) => {
  expect(pointsInPhoto(of, camera).every((w) => w === 0)).toBe(true);
});
