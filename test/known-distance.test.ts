import { expect, test } from "vitest";
import { align } from "../src/alignment/align.ts";
import { imagePlane } from "../src/core/image-plane.ts";
import type { View } from "../src/core/view.ts";
import { encodeDepthMap, mapScale } from "../src/export/depth-maps.ts";
import { decodePng16 } from "../src/formats/png16.ts";
import { originalIntrinsics } from "../src/geometry/pixel-mapping.ts";
import { planView } from "../src/images/plan-view.ts";
import { networkPriors } from "../src/priors/network-priors.ts";
import { arcCameras, noisyPredictions } from "./noisy-room.ts";
import { streamOf } from "./synthetic-pairs.ts";

const ORIGINAL = { width: 1000, height: 678 };
const views = [0, 1, 2].map((i): View => {
  const plan = planView(ORIGINAL, { size: 96 });
  return { name: `${i}.jpg`, ...plan, rgb: new Uint8Array(), original: ORIGINAL, hash: String(i) };
});

/** The two pixels are at places between the network's, on slanted surfaces, at edges, and at the border. */
test.each([
  [
    [103, 577],
    [871, 601],
  ],
  [
    [411, 322],
    [633, 290],
  ],
  [
    [0, 340],
    [999, 333],
  ],
] as const)("a known distance is exact in the exported depth: %j to %j", async (pixel1, pixel2) => {
  const cameras = arcCameras(3, views[0]!, "distance");
  const edges = [0, 1, 2].flatMap((i) => [0, 1, 2].flatMap((j) => (i === j ? [] : [[i, j] as const])));
  const predictions = noisyPredictions(cameras, edges, { noise: 0.01, outliers: 0 });
  const knownDistance = { photo: "1.jpg", pixel1, pixel2, meters: 2.5 };
  const priors = await networkPriors(views, { knownDistance });
  const scene = await align(views.map(imagePlane), streamOf([...predictions]), { priors });
  expect(scene.units).toBe("metres");

  const image = scene.images[1]!;
  const { data } = decodePng16(await encodeDepthMap(image, views[1]!), "depth.png");
  const { fx, fy, cx, cy } = originalIntrinsics(image.intrinsics, views[1]!.originalFromNetwork);
  const [a, b] = [pixel1, pixel2].map(([x, y]) => {
    const z = data[y * ORIGINAL.width + x]! * mapScale(image.depth);
    return [((x - cx) / fx) * z, ((y - cy) / fy) * z, z];
  });
  const meters = Math.hypot(a![0]! - b![0]!, a![1]! - b![1]!, a![2]! - b![2]!);
  // A 16-bit code is a sixty-thousandth of the largest depth.
  expect(Math.abs(meters - 2.5)).toBeLessThan(0.001);
});
