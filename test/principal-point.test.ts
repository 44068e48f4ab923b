import { describe, expect, test } from "vitest";
import { align } from "../src/alignment/align.ts";
import { imagePlane, principalPointOf } from "../src/core/image-plane.ts";
import { trackPointsOf } from "../src/core/track-points.ts";
import type { Size, View } from "../src/core/view.ts";
import { colmapModel } from "../src/export/colmap.ts";
import { transformsJson } from "../src/export/nerfstudio.ts";
import { planView } from "../src/images/plan-view.ts";
import { networkPriors } from "../src/priors/network-priors.ts";
import { plainSceneJson } from "./plain-scene-json.ts";
import { perfectPredictions, roomCameras, streamOf } from "./synthetic-pairs.ts";

/** Some of them are not cut evenly on both sides. */
const ORIGINALS: readonly Size[] = [
  { width: 1001, height: 751 },
  { width: 1001, height: 678 },
  { width: 751, height: 1001 },
  { width: 4000, height: 3000 },
  { width: 640, height: 640 },
];

function viewOf(original: Size, index: number): View {
  const plan = planView(original, { size: 96 });
  return { name: `${index}.jpg`, ...plan, rgb: new Uint8Array(), original, hash: String(index) };
}

const views = ORIGINALS.map(viewOf);
const photoNames = views.map(({ name }) => name);

describe("the principal point of an ordinary photo is its center", () => {
  test("some of the views are cut unevenly", () => {
    const shifts = views.map((view) => imagePlane(view).principalPoint![1] - (view.height - 1) / 2);
    expect(shifts.some((shift) => Math.abs(shift) > 0.1)).toBe(true);
  });

  const given = {
    lenses: { shared: { fx: 700, fy: 700, principalPoint: undefined }, byPhoto: new Map<string, never>() },
  };
  test.each([
    ["found by global alignment", "global", undefined],
    ["found by chained pairs", "pair", undefined],
    ["found for each photo alone", "none", undefined],
    ["with a given focal length", "global", given],
  ] as const)("%s: in every export", async (_, method, known) => {
    const edges = views.flatMap((_, i) => views.flatMap((_, j) => (i === j ? [] : [[i, j] as const])));
    const predictions = perfectPredictions(roomCameras(views.map(imagePlane), "centers"), edges);
    const priors = known && (await networkPriors(views, known));
    const scene = await align(views.map(imagePlane), streamOf(predictions), { method, priors });
    const registered = { ...scene, images: scene.images.map((image) => ({ ...image, registered: true })) };
    const { images } = plainSceneJson(registered, views);
    const { cameras } = colmapModel(registered, views, { tracks: trackPointsOf([]), photoNames });
    const { frames } = transformsJson(registered, views, { photos: photoNames, ply: "" });
    for (const [i, { width, height }] of ORIGINALS.entries()) {
      const [[, , cx], [, , cy]] = images[i]!.K as [number[], number[]];
      expect(cx).toBeCloseTo((width - 1) / 2, 6);
      expect(cy).toBeCloseTo((height - 1) / 2, 6);
      // COLMAP and nerfstudio have the center of the first pixel at 0.5.
      const { params } = cameras.get(i + 1)!;
      expect([params[2], params[3]].map((value) => value!.toFixed(6))).toEqual(
        [width / 2, height / 2].map((value) => value.toFixed(6)),
      );
      expect(frames[i]!.cx).toBeCloseTo(width / 2, 6);
      expect(frames[i]!.cy).toBeCloseTo(height / 2, 6);
    }
  });
});

test("pixel centers are at integers: the middle of three pixels is the second", () => {
  expect(principalPointOf({ width: 3, height: 4 })).toEqual([1, 1.5]);
});
