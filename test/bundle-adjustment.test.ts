import { describe, expect, test } from "vitest";
import { adjustBundle } from "../src/adjustment/adjust-bundle.ts";
import { reprojectionErrors } from "../src/adjustment/reprojection-errors.ts";
import { seededRandom } from "../src/core/random.ts";
import { adjustByColmap, hasColmap } from "./adjust-by-colmap.ts";
import { bundleScene, disturb } from "./bundle-scene.ts";

const FREE = { focal: true, principalPoint: false, distortion: true };

describe.skipIf(!hasColmap())("COLMAP's bundle adjuster", () => {
  test.each([1, 3, 30])("comes to the same cost with %i cameras", async (cameras) => {
    const random = seededRandom(`${cameras} cameras`);
    const truth = bundleScene(random, { photos: 30, points: 2000, cameras, lens: [-0.1, 0.02], free: FREE });
    const start = disturb(random, truth, { degrees: 0.3, distance: 0.02, focal: 0.02 });
    const { bundle, cost, initialCost } = await adjustBundle(start, { lossScale: Number.POSITIVE_INFINITY });
    const colmaps = reprojectionErrors(adjustByColmap(start).bundle).reduce((sum, error) => sum + error ** 2 / 2, 0);
    expect(reprojectionErrors(bundle).reduce((sum, error) => sum + error ** 2 / 2, 0) / cost).toBeCloseTo(1, 9);
    expect(colmaps).toBeLessThan(0.01 * initialCost);
    expect(Math.abs(cost / colmaps - 1)).toBeLessThan(0.001);
  });
});
