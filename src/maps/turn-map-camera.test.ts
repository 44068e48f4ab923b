import { expect, test } from "vitest";
import type { View } from "../core/view.ts";
import { projectPoints } from "../geometry/camera.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { invertRigid, rigidPose, transformPoints } from "../geometry/pose.ts";
import { rotationFromQuaternion } from "../geometry/rotation.ts";
import { planView } from "../images/plan-view.ts";
import type { MapCamera } from "./posed-map.ts";
import { turnMapCamera } from "./turn-map-camera.ts";

const size = { width: 160, height: 120 };
const intrinsics = { fx: 130, fy: 140, cx: 75, cy: 64 };
const worldFromCam = rigidPose(rotationFromQuaternion([0.1, -0.2, 0.3, 0.9]), [1, 2, 3]);

/** The map of a program that ignores the EXIF orientation: something behind each pixel, a little deeper to the right and below. */
const stored: MapCamera = {
  size,
  intrinsics,
  worldFromCam,
  async worldPoints({ width, height, originalFromNetwork }) {
    const { fx, fy, cx, cy } = networkIntrinsics(intrinsics, originalFromNetwork);
    const points = Float64Array.from({ length: 3 * width * height }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      const z = 2 + x / width + (2 * y) / height;
      return [((x - cx) / fx) * z, ((y - cy) / fy) * z, z][i % 3]!;
    });
    return transformPoints(worldFromCam, points);
  },
};

test.each([1, 2, 3])(
  "EXIF orientation against other programs' models: maps, %i quarters to the left",
  async (quarters) => {
    const original = quarters === 2 ? size : { width: size.height, height: size.width };
    const plan = planView(original, { size: 64, patchSize: 8 });
    const view: View = { name: "a.jpg", hash: "", rgb: new Uint8Array(), original, ...plan };
    const camera = turnMapCamera(stored, quarters);
    expect(camera.size).toEqual(original);
    const points = transformPoints(invertRigid(camera.worldFromCam), await camera.worldPoints(view));
    const pixels = projectPoints(points, networkIntrinsics(camera.intrinsics, view.originalFromNetwork));
    for (let i = 0; i < view.width * view.height; i++) {
      expect(pixels[2 * i]).toBeCloseTo(i % view.width, 6);
      expect(pixels[2 * i + 1]).toBeCloseTo(Math.floor(i / view.width), 6);
    }
    // The stored photo is deepest in its lower right corner, which is now in the upper right, the upper left, the lower left.
    const { width, height } = view;
    const deepest = [width - 1, 0, width * (height - 1)][quarters - 1]!;
    expect(points[3 * deepest + 2]).toBeGreaterThan(4.9);
  },
);
