import { expect, test } from "vitest";
import type { View } from "../core/view.ts";
import { identityPose } from "../geometry/pose.ts";
import type { MapCamera } from "./posed-map.ts";
import { uprightCamera } from "./upright-camera.ts";

const size = { width: 160, height: 120 };
const camera: MapCamera = {
  size,
  intrinsics: { fx: 130, fy: 130, cx: 80, cy: 60 },
  worldFromCam: identityPose(),
  worldPoints: async () => new Float64Array(),
};
const originalFromNetwork = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
const photo = (original: typeof size, exifOrientation?: number): View => {
  return {
    name: "a.jpg",
    hash: "",
    rgb: new Uint8Array(),
    ...original,
    original,
    originalFromNetwork,
    exifOrientation,
  };
};
const colmap = { mayBeOfStored: true };
const turned = { width: 120, height: 160 };

test("EXIF orientation against other programs' models: what nothing tells apart is refused", () => {
  const message =
    /a\.jpg is turned by its EXIF orientation \(3\), and nothing tells whether the map is of it before or after/;
  expect(() => uprightCamera(colmap, camera, photo(size, 3))).toThrow(message);
  expect(() =>
    uprightCamera(colmap, { ...camera, size: { width: 9, height: 9 } }, photo({ width: 9, height: 9 }, 6)),
  ).toThrow(/orientation \(6\)/);
});

test("what shapes tell apart, or the map says, is not", () => {
  expect(uprightCamera(colmap, camera, photo(turned, 6)).size).toEqual(turned);
  expect(uprightCamera(colmap, camera, photo(size, 6))).toBe(camera);
  expect(uprightCamera(colmap, camera, photo(size))).toBe(camera);
  expect(uprightCamera({}, camera, photo(size, 3))).toBe(camera);
});
