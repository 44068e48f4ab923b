import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import type { DenseMap, DenseScene } from "../core/dense-scene.ts";
import { atDenseSize } from "../export/dense-maps.ts";
import { originalDepth } from "../export/original-pixels.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { byMeasuredDistance } from "./measured-distance.ts";

const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg"] });
const view = views[1]!;
const { width, height } = view.original;
const map: DenseMap = {
  width: width >> 1,
  height: height >> 1,
  depth: Float32Array.from({ length: (width >> 1) * (height >> 1) }, (_, i) => 2 + 0.01 * (i % (width >> 1))),
  source: new Uint8Array((width >> 1) * (height >> 1)).fill(2),
};
const dense: DenseScene = {
  maps: [undefined, { ...map, load: async () => map }],
  points: {
    positions: Float32Array.of(1, 2, 3),
    normals: Float32Array.of(0, 0, -1),
    colors: new Uint8Array(3),
    photos: Uint8Array.of(2),
  },
  share: 1,
};
const images = scene.images.map((image) => ({ ...image, component: 0 }));
const inMeters = { ...scene, images, units: "metres" as const };
const knownDistance = {
  photo: view.name,
  pixel1: [width / 3, height / 2],
  pixel2: [width / 2, height / 3],
  meters: 2.5,
} as const;

test("a known distance is exact in measured depth", async () => {
  const found = await byMeasuredDistance({ scene: inMeters, dense }, views, { knownDistance });
  const image = found.scene.images[1]!;
  const measured = atDenseSize(image, view, await found.dense.maps[1]!.load());
  const depth = originalDepth(measured.image.depth, measured.view);
  const { fx, fy, cx, cy } = originalIntrinsics(image.intrinsics, view.originalFromNetwork);
  const [a, b] = [knownDistance.pixel1, knownDistance.pixel2].map(([x, y]) => {
    const z = depth[Math.round(y) * width + Math.round(x)]!;
    return [((Math.round(x) - cx) / fx) * z, ((Math.round(y) - cy) / fy) * z, z];
  });
  expect(Math.hypot(...a!.map((value, k) => value - b![k]!))).toBeCloseTo(2.5, 1);
  const factor = image.depth[0]! / scene.images[1]!.depth[0]!;
  expect(found.dense.points.positions[2]! / 3).toBeCloseTo(factor, 5);
  expect(image.worldFromCam[3]!).toBeCloseTo(factor * scene.images[1]!.worldFromCam[3]!, 5);
});

test("where nothing is measured there, no distance is known, or poses in meters are, nothing changes", async () => {
  const unmeasured = { scene: inMeters, dense: { ...dense, maps: [undefined, undefined] } };
  expect(await byMeasuredDistance(unmeasured, views, { knownDistance })).toEqual(unmeasured);
  const measured = { scene: inMeters, dense };
  expect(await byMeasuredDistance(measured, views, {})).toEqual(measured);
  expect(await byMeasuredDistance(measured, views, { knownDistance, posesInMeters: true })).toEqual(measured);
});
