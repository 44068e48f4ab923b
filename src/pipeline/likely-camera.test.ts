import { describe, expect, test } from "vitest";
import type { View } from "../core/view.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { identityPose } from "../geometry/pose.ts";
import type { PosedMap } from "../maps/posed-map.ts";
import { likelyCamera } from "./likely-camera.ts";

const size = { width: 400, height: 300 };
const intrinsics = centeredIntrinsics(size, 500);
const map: PosedMap = {
  units: "arbitrary",
  photos: [{ name: "a.jpg", path: "a.jpg" }],
  camera: async () => ({ size, intrinsics, worldFromCam: identityPose(), worldPoints: async () => new Float64Array() }),
};
const likely = (query: Pick<View, "original" | "exifFocal">, ignoreExif = false) =>
  likelyCamera(query as View, { map, indices: [0], ignoreExif });

describe("the likely camera of a query", () => {
  test("of the size of the map's photos is theirs", async () => {
    expect(await likely({ original: size })).toEqual({ intrinsics, source: "map" });
    expect(await likely({ original: size, exifFocal: 550 })).toEqual({ intrinsics, source: "map" });
  });

  test("is that of its EXIF data where these speak of another", async () => {
    expect(await likely({ original: size, exifFocal: 700 })).toMatchObject({ intrinsics: { fx: 700 }, source: "exif" });
    expect(await likely({ original: size, exifFocal: 700 }, true)).toMatchObject({ source: "map" });
  });

  test("of another size is that of its EXIF data, in the middle of the photo", async () => {
    const original = { width: 800, height: 600 };
    const found = { intrinsics: { fx: 700, fy: 700, cx: 399.5, cy: 299.5 }, source: "exif" };
    expect(await likely({ original, exifFocal: 700 })).toEqual(found);
    expect(await likely({ original })).toBeUndefined();
  });
});
