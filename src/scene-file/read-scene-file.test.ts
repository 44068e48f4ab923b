import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomPose } from "../../test/random-geometry.ts";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { trackPointsOf } from "../core/track-points.ts";
import { imageMaps } from "../export/depth-maps.ts";
import { summarizeTracks } from "../export/tracks/summarize-tracks.ts";
import { calibrationRows, poseRows } from "../formats/camera-matrices.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { composePoses } from "../geometry/pose.ts";
import { readSceneFile } from "./read-scene-file.ts";
import { sceneJson } from "./scene-json.ts";

const VERDICT = { status: "ok", warnings: [], minConfidence: 1 } as const;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-scene-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(value: unknown) {
  const path = join(folder, "scene.json");
  await writeFile(path, JSON.stringify(value));
  return readSceneFile(path);
}

const run = { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: { encode: 1 }, peakMemoryBytes: 7 };
const pose = randomPose(seededRandom("scene-file"));
const photo = { file: "a.jpg", width: 64, height: 48 };

describe("a scene that was written", () => {
  const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"], scale: 2, crop: [10, 4] });

  test("is read as it was", async () => {
    const maps = scene.images.map((image, i) => imageMaps(image, `${i}`));
    const file = await read(
      sceneJson(scene, views, {
        run,
        maps,
        trackSummary: summarizeTracks(trackPointsOf([]), views),
        status: "ok",
        warnings: [],
        minConfidence: 1,
      }),
    );
    expect(file).toMatchObject({ kind: "multiview", units: scene.units, model: run.model, alignment: scene.alignment });
    expect(file.pairs).toEqual(scene.pairs);
    for (const [i, image] of file.images.entries()) {
      const { intrinsics, worldFromCam } = scene.images[i]!;
      expect(image).toMatchObject({ file: views[i]!.name, ...views[i]!.original, registered: true, ...maps[i] });
      expect(image.worldFromCam).toEqual(worldFromCam.map((x) => x + 0)); // JSON has no -0
      expect(image.intrinsics).toEqual(originalIntrinsics(intrinsics, views[i]!.originalFromNetwork));
    }
  });

  test("a photo that is not registered has neither pose nor depth", async () => {
    const images = scene.images.map((image, i) => ({ ...image, registered: i !== 1 }));
    const parts = {
      run,
      maps: scene.images.map((image) => imageMaps(image, "x")),
      trackSummary: summarizeTracks(trackPointsOf([]), views),
      ...VERDICT,
    };
    const file = await read(sceneJson({ ...scene, images }, views, parts));
    expect(file.images[1]).toMatchObject({ registered: false, worldFromCam: null, camFromWorld: null, depth: null });
    expect(file.images[1]!.intrinsics).not.toBeNull();
  });
});

describe("posed photos of another program", () => {
  test("may say next to nothing", async () => {
    const file = await read({ images: [photo] });
    expect(file).toMatchObject({ name: undefined, units: "arbitrary", pairs: [], alignment: { method: "pair" } });
    expect(file.images).toEqual([
      {
        ...photo,
        registered: true,
        ...{
          intrinsics: null,
          camera: null,
          focalSource: null,
          poseSource: null,
          worldFromCam: null,
          camFromWorld: null,
          depth: null,
          confidence: null,
          isMeasured: false,
          lens: null,
          disparity: null,
        },
      },
    ]);
  });

  test("keep to the format of ground truth", async () => {
    const disparity = { file: "a.disparity.png", scale: 0.25, match_image: "b.jpg" };
    const depth = { file: "a.depth.png", scale: 0.001, kind: "dense" };
    const K = calibrationRows({ fx: 50, fy: 51, cx: 31.5, cy: 23.5 });
    const images = [{ ...photo, source_file: "1.png", K, cam_from_world: poseRows(pose), depth, disparity }];
    const file = await read({ name: "place", kind: "stereo", tags: [], units: null, gt: "measured", images });
    expect(file).toMatchObject({ name: "place", kind: "stereo", units: "arbitrary" });
    const { camFromWorld, worldFromCam, ...image } = file.images[0]!;
    expect(camFromWorld).toEqual(pose);
    for (const [i, x] of composePoses(camFromWorld!, worldFromCam!).entries()) {
      expect(x).toBeCloseTo(i % 5 === 0 ? 1 : 0, 12);
    }
    expect(image).toMatchObject({ disparity, depth: { file: depth.file, scale: depth.scale } });
  });

  test("have pairs of photos that are there", async () => {
    const images = [photo, { ...photo, file: "b.jpg" }];
    const pairs = ["b.jpg", "gone.jpg"].map((image2) => ({ image1: "a.jpg", image2, mean_confidence: 2 }));
    expect((await read({ images, pairs })).pairs).toEqual([{ image1: 0, image2: 1, meanConfidence: 2 }]);
  });
});

test.each<[string, unknown, RegExp]>([
  ["a list", [], /is no scene: /],
  ["a photo elsewhere", { images: [{ ...photo, file: "../../a.jpg" }] }, /a\.jpg is named, which leads out/],
  [
    "a depth map elsewhere",
    { images: [{ ...photo, depth: { file: "/tmp/a.png", scale: 1 } }] },
    /\/tmp\/a\.png is named, which leads out/,
  ],
  ["no photos", { images: [] }, /is no scene: .* at images$/],
  ["a photo without a size", { images: [{ file: "a.jpg" }] }, /at images\[0\]\.width/],
  ["a photo twice", { images: [photo, photo] }, /a\.jpg is listed twice/],
  ["unknown units", { units: "feet", images: [photo] }, /at units$/],
  [
    "a pose of two rows",
    { images: [{ ...photo, cam_from_world: poseRows(pose).slice(2) }] },
    /images\[0\]\.cam_from_world$/,
  ],
  [
    "a pose that is no rotation",
    { images: [{ ...photo, world_from_cam: poseRows(pose.map((x, i) => (i < 12 ? 2 * x : x))) }] },
    /scene\.json: world_from_cam of a\.jpg: its 3x3 part is no rotation/,
  ],
  ["a scale of zero", { images: [{ ...photo, depth: { file: "a.png", scale: 0 } }] }, /at images\[0\]\.depth\.scale/],
])("%s: refused with the file and the field", async (_, value, message) => {
  const reading = read(value);
  await expect(reading).rejects.toThrow(FormatError);
  await expect(reading).rejects.toThrow(/scene\.json: /);
  await expect(reading).rejects.toThrow(message);
});

test("a file that is not there", async () => {
  await expect(readSceneFile(join(folder, "none", "scene.json"))).rejects.toThrow(InputError);
});
