import { expect, test } from "vitest";
import { identityPose } from "../geometry/pose.ts";
import type { PosedMap } from "./posed-map.ts";
import { sharedCamera } from "./shared-camera.ts";

const [width, height] = [640, 480];

function mapOf(focals: readonly number[], size = { width, height }): PosedMap {
  return {
    units: "arbitrary",
    photos: focals.map((_, i) => ({ name: `${i}`, path: `${i}` })),
    camera: async (index) => ({
      size,
      intrinsics: { fx: focals[index]!, fy: focals[index]!, cx: 319.5, cy: 239.5 },
      worldFromCam: identityPose(),
      worldPoints: async () => new Float64Array(),
    }),
  };
}

test("the map's cameras are a prior for photos of the same size, where they agree", async () => {
  const query = { width, height };
  expect(await sharedCamera(mapOf([500, 510, 520]), [0, 1, 2], query)).toMatchObject({ fx: 510, cx: 319.5 });
  expect(await sharedCamera(mapOf([500, 800]), [0, 1], query)).toBeUndefined();
  expect(await sharedCamera(mapOf([500, 510]), [0, 1], { width: height, height: width })).toBeUndefined();
});
