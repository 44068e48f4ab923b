import { describe, expect, test } from "vitest";
import { bundleScene } from "../../test/bundle-scene.ts";
import { gaussian, seededRandom } from "../core/random.ts";
import { adjustBundle } from "./adjust-bundle.ts";
import type { Bundle } from "./bundle.ts";
import { focalDeviations } from "./focal-deviations.ts";

const SQUARES = { lossScale: Number.POSITIVE_INFINITY };

function scene(photos: number, arc: number): Bundle {
  return bundleScene(seededRandom("focal deviations"), { photos, points: 150, arc, longestTrack: photos, noise: 0 });
}

describe("focalDeviations", () => {
  test("are those of the focal lengths that noisy observations lead to", async () => {
    const random = seededRandom("noisy observations");
    const truth = scene(5, 90);
    const logs: number[] = [];
    for (let run = 0; run < 30; run++) {
      const xy = truth.observations.xy.map((value) => value + gaussian(random));
      const { bundle } = await adjustBundle({ ...truth, observations: { ...truth.observations, xy } }, SQUARES);
      logs.push(Math.log(bundle.cameras[0]!.fx / truth.cameras[0]!.fx));
    }
    const scatter = Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / logs.length);
    const [deviation] = focalDeviations(truth);
    // Thirty runs tell a scatter to an eighth.
    expect(deviation! / scatter).toBeGreaterThan(0.65);
    expect(deviation! / scatter).toBeLessThan(1.5);
  });

  test("are much larger for two photos that lie close to each other, and 0 for focal lengths that are known", () => {
    const [many] = focalDeviations(scene(5, 90));
    const close = scene(2, 6);
    expect(focalDeviations(close)[0]).toBeGreaterThan(8 * many!);
    const known = close.cameras.map((camera) => ({ ...camera, free: { ...camera.free, focal: false } }));
    expect([...focalDeviations({ ...close, cameras: known })]).toEqual([0]);
  });
});
