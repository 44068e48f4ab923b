import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { imageMaps, mapScale } from "../export/depth-maps.ts";
import { sceneTracks } from "../export/tracks/scene-tracks.ts";
import { summarizeTracks } from "../export/tracks/summarize-tracks.ts";
import { parseIntrinsics } from "../priors/parse-intrinsics.ts";
import { type RunFacts, sceneJson } from "./scene-json.ts";

const VERDICT = { status: "ok", warnings: [], minConfidence: 1 } as const;

const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg"], scale: 2, crop: [10, 4] });
const trackSummary = summarizeTracks(sceneTracks(scene, 3), views);
const maps = scene.images.map((image, i) => imageMaps(image, ["a", "b"][i]!));
const run: RunFacts = {
  model: { name: "tiny", dtype: "fp32", device: "cpu" },
  timings: { encode: 1.5 },
  peakMemoryBytes: 1234,
};

test("a photo's entry is in its original pixels", () => {
  const { images, ...rest } = sceneJson(scene, views, { run, maps, trackSummary, ...VERDICT });
  expect(rest).toEqual({
    version: 1,
    status: "ok",
    warnings: [],
    min_confidence: 1,
    units: "arbitrary",
    model: run.model,
    pairs: [
      {
        image1: "a.jpg",
        image2: "b.jpg",
        mean_confidence: 6,
        residual: null,
        inlier_share: null,
        shared_points: trackSummary.points,
      },
    ],
    alignment: scene.alignment,
    pairing: null,
    refinement: null,
    timings: run.timings,
    peak_memory_bytes: 1234,
  });
  const { fx, fy, cx, cy } = scene.images[0]!.intrinsics;
  expect(images[0]).toMatchObject({
    file: "a.jpg",
    width: 148,
    height: 104,
    registered: true,
    K: [
      [2 * fx, 0, 2 * cx + 10.5],
      [0, 2 * fy, 2 * cy + 4.5],
      [0, 0, 1],
    ],
    shared_points: trackSummary.points,
    connected_photos: 1,
    reprojection_error: trackSummary.images[0]!.reprojectionError,
    depth: { file: "depth/a.png", scale: mapScale(scene.images[0]!.depth) },
    confidence: { file: "confidence/a.png", scale: mapScale(scene.images[0]!.confidence) },
  });
});

test("the two poses are inverses of each other", () => {
  const { images } = sceneJson(scene, views, { run, maps: null, trackSummary, ...VERDICT });
  for (const [i, { cam_from_world: inverse, world_from_cam: pose }] of images.entries()) {
    expect(pose!.flat()).toEqual([...scene.images[i]!.worldFromCam]);
    const product = inverse!.map((row) => {
      return [0, 1, 2, 3].map((column) => row.reduce((sum, value, k) => sum + value * pose![k]![column]!, 0));
    });
    const identity = [0, 1, 2, 3].map((row) =>
      [0, 1, 2, 3].map((column) => expect.closeTo(row === column ? 1 : 0, 12)),
    );
    expect(product).toEqual(identity);
  }
});

test("a photo that is not registered has neither pose nor maps", () => {
  const lost = { ...scene, images: scene.images.map((image, i) => ({ ...image, registered: i === 0 })) };
  const { images } = sceneJson(lost, views, { run, maps, trackSummary, ...VERDICT });
  expect(images[1]).toMatchObject({
    registered: false,
    cam_from_world: null,
    world_from_cam: null,
    depth: null,
    confidence: null,
  });
  expect(images[1]!.K[0]![0]).toBeGreaterThan(0);
});

test("how well the alignment fits, and groups apart", () => {
  const fit = { residual: 0.02, inlierShare: 0.9 };
  const fitted = {
    ...scene,
    images: scene.images.map((image, i) => ({ ...image, fit, registered: i === 0, component: i })),
    pairs: scene.pairs.map((pair) => ({ ...pair, fit })),
  };
  const { images, pairs } = sceneJson(fitted, views, { run, maps: null, trackSummary, ...VERDICT });
  expect(pairs[0]).toMatchObject({ residual: 0.02, inlier_share: 0.9 });
  expect(images[0]).toMatchObject({ residual: 0.02, inlier_share: 0.9, component: 0 });
  expect(images[1]).toMatchObject({ component: 1, world_from_cam: null });
});

test("lens distortion: model and coefficients come back as intrinsics of the photo as its file has it", () => {
  const distortion = { model: "radial", k: [-0.1, 0.01, 0, 0, 0, 0], p: [0.001, 0.002] } as const;
  const intrinsics = { fx: 120, fy: 121, cx: 74, cy: 52 };
  const lens = { ...views[0]!.original, intrinsics, distortion };
  const bent = [{ ...views[0]!, straightening: { lens, pinhole: intrinsics } }, views[1]!];
  const written = JSON.stringify(sceneJson(scene, bent, { run, maps: null, trackSummary, ...VERDICT }));
  const { byPhoto } = parseIntrinsics(written, "scene.json");
  const { width, height } = views[0]!.original;
  expect(byPhoto.get("a.jpg")).toEqual({
    fx: 120,
    fy: 121,
    principalPoint: [74, 52],
    size: { width, height },
    distortion,
  });
  expect(byPhoto.get("b.jpg")?.distortion).toBeUndefined();
});
