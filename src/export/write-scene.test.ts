import { PLYLoader } from "three/addons/loaders/PLYLoader.js";
import { expect, test } from "vitest";
import { posesOf, reprojectionErrors } from "../../test/colmap-model.ts";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { InputError } from "../core/errors.ts";
import type { ProgressEvent } from "../core/progress.ts";
import type { Scene } from "../core/scene.ts";
import { readColmapModel, readImages } from "../formats/colmap/read-model.ts";
import type { SceneJson } from "../scene-file/scene-format.ts";
import type { LoadPhoto } from "./photo-files.ts";
import { REPORT_DATA_MARK } from "./report-data.ts";
import { type WriteSceneOptions, type WrittenScene, writeScene } from "./write-scene.ts";

const synthetic = syntheticScene({ names: ["a.jpg", "b.jpg"] });

interface Outcome extends WrittenScene {
  readonly written: ReadonlyMap<string, Uint8Array>;
}

async function write(
  scene: Scene,
  changes: Partial<WriteSceneOptions> = {},
  written = new Map(),
  views = synthetic.views,
): Promise<Outcome> {
  const sink = {
    async write(name: string, bytes: Uint8Array) {
      written.set(name, bytes);
    },
  };
  const result = await writeScene(scene, views, sink, {
    run: { model: { name: "tiny", dtype: "fp32", device: "cpu" }, timings: { encode: 2 }, peakMemoryBytes: 5 },
    encodeJpeg: async () => new Uint8Array(4),
    loadViewerHtml: async () => REPORT_DATA_MARK,
    ...changes,
  });
  return { ...result, written };
}

function change(index: number, changes: Partial<Scene["images"][number]>): Scene {
  const images = synthetic.scene.images.map((image, i) => (i === index ? { ...image, ...changes } : image));
  return { ...synthetic.scene, images };
}

const readJson = ({ written }: Outcome): SceneJson => JSON.parse(new TextDecoder().decode(written.get("scene.json")));

test("everything is written, scene.json last, and every file it names is there", async () => {
  const events: ProgressEvent[] = [];
  const outcome = await write(synthetic.scene, { onProgress: (event) => events.push(event) });
  expect(outcome.files).toEqual([
    "depth/a.png",
    "confidence/a.png",
    "depth/b.png",
    "confidence/b.png",
    "points.ply",
    "scene.glb",
    "colmap/sparse/0/cameras.bin",
    "colmap/sparse/0/images.bin",
    "colmap/sparse/0/points3D.bin",
    "colmap/sparse/0/points3D.ply",
    "transforms.json",
    "init.ply",
    "index.html",
    "scene.json",
  ]);
  expect([...outcome.written.keys()]).toEqual(outcome.files);
  expect(events.map(({ item }) => item)).toEqual(outcome.files);
  expect(events.at(-1)).toMatchObject({ stage: "export", done: 14, total: 14 });
  const json = readJson(outcome);
  for (const { depth, confidence } of json.images) {
    expect(outcome.written.has(depth!.file) && outcome.written.has(confidence!.file)).toBe(true);
  }
  expect(Object.keys(json.timings)).toEqual(["encode", "export"]);
  expect(outcome.warnings).toEqual([]);
});

test("points.ply holds the points of registered photos that pass, where they are and in their color", async () => {
  const outcome = await write(change(0, { registered: false }), { kinds: ["ply"], minConfidence: 4 });
  const geometry = new PLYLoader().parse(outcome.written.get("points.ply")!.slice().buffer as ArrayBuffer);
  const position = geometry.getAttribute("position");
  expect(position.count).toBe(outcome.filter.kept);
  const { depth, confidence, intrinsics, worldFromCam: m } = synthetic.scene.images[1]!;
  const passing = [...confidence.keys()].filter((i) => confidence[i]! >= 4);
  expect(position.count).toBe(passing.length);
  const expected = passing.flatMap((i) => {
    const z = depth[i]!;
    const x = (((i % 64) - intrinsics.cx) / intrinsics.fx) * z;
    const y = ((Math.floor(i / 64) - intrinsics.cy) / intrinsics.fy) * z;
    return [0, 4, 8].map((row) => m[row]! * x + m[row + 1]! * y + m[row + 2]! * z + m[row + 3]!);
  });
  const errors = expected.map((value, k) => Math.abs(value - position.array[k]!));
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

test("what is not in the default can be asked for, in any order", async () => {
  const outcome = await write(synthetic.scene, { kinds: ["surfaces", "mesh", "colmap-text"] });
  const model = ["cameras.txt", "images.txt", "points3D.txt", "points3D.ply"].map((name) => `colmap/sparse/0/${name}`);
  expect(outcome.files).toEqual(["mesh.glb", "surfaces.glb", ...model, "scene.json"]);
});

test("the photos come with the models that need them, under the names these use", async () => {
  const asked: string[] = [];
  const loadPhoto: LoadPhoto = async (image, format) => {
    asked.push(`${image} ${format}`);
    return Uint8Array.of(image);
  };
  const { views } = syntheticScene({ names: ["a.PNG", "b.heic"] });
  const scene = change(0, {});
  const both = await write(scene, { kinds: ["nerfstudio", "colmap"], loadPhoto }, new Map(), views);
  expect(asked).toEqual(["0 png", "1 jpeg"]);
  expect(both.written.get("colmap/images/b.heic.jpg")).toEqual(Uint8Array.of(1));
  const bytes = both.written.get("colmap/sparse/0/images.bin")!;
  const names = readImages({ path: "images.bin", bytes }).map(({ name }) => name);
  expect(names).toEqual(["a.PNG", "b.heic.jpg"]);
  const frames = JSON.parse(new TextDecoder().decode(both.written.get("transforms.json"))).frames;
  expect(frames.map((frame: { file_path: string }) => frame.file_path)).toEqual(
    names.map((name) => `colmap/images/${name}`),
  );

  const alone = await write(change(1, { registered: false }), { kinds: ["nerfstudio"], loadPhoto }, new Map(), views);
  expect(alone.files).toEqual(["transforms.json", "init.ply", "images/a.PNG", "scene.json"]);
  const without = await write(scene, { kinds: ["ply"], loadPhoto }, new Map(), views);
  expect(without.files).toEqual(["points.ply", "scene.json"]);
});

test("photos that nothing connects to the scene have COLMAP models of their own, larger ones first", async () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"].map((letter) => `${letter}.jpg`);
  const { scene, views } = syntheticScene({ names });
  const components = [0, 1, 2, 0, 2, 2, 1, undefined];
  const images = scene.images.map((image, i) => ({
    ...image,
    component: components[i],
    registered: components[i] === 0,
  }));
  const kinds = ["colmap", "colmap-text", "nerfstudio"] as const;
  const loadPhoto: LoadPhoto = async (image) => Uint8Array.of(image);
  const outcome = await write({ ...scene, images }, { kinds, loadPhoto }, new Map(), views);
  const modelOf = (number: number, extension: string) => {
    const [cameras, images, points3D] = ["cameras", "images", "points3D"].map((name) => {
      const path = `colmap/sparse/${number}/${name}.${extension}`;
      return { path, bytes: outcome.written.get(path)! };
    });
    return readColmapModel({ cameras: cameras!, images: images!, points3D: points3D! });
  };
  const inModel = (wanted: readonly number[]) => wanted.map((i) => names[i]);
  for (const [number, members] of [
    [0, [0, 3]],
    [1, [2, 4, 5]],
    [2, [1, 6]],
  ] as const) {
    for (const extension of ["bin", "txt"]) {
      const model = modelOf(number, extension);
      expect(model.images.map(({ name }) => name)).toEqual(inModel(members));
      expect([...model.cameras.keys()]).toEqual(members.map((i) => i + 1));
      expect(model.points.ids.length).toBeGreaterThan(20);
      expect(reprojectionErrors(model).mean).toBeLessThan(0.2);
      posesOf(model).forEach((pose, k) => {
        const { worldFromCam } = images[members[k]!]!;
        for (const [at, value] of worldFromCam.entries()) expect(pose[at]).toBeCloseTo(value, 9);
      });
    }
  }
  expect(outcome.written.has("colmap/sparse/3/cameras.bin")).toBe(false);
  const plys = outcome.files.filter((name) => name.endsWith(".ply"));
  expect(plys).toEqual(["colmap/sparse/0/points3D.ply", "init.ply"]);
  const photos = outcome.files.filter((name) => name.startsWith("colmap/images/"));
  expect(photos.toSorted()).toEqual(names.slice(0, 7).map((name) => `colmap/images/${name}`));
  const { frames } = JSON.parse(new TextDecoder().decode(outcome.written.get("transforms.json")));
  expect(frames.map((frame: { file_path: string }) => frame.file_path)).toEqual([
    "colmap/images/a.jpg",
    "colmap/images/d.jpg",
  ]);

  const alone = await write({ ...scene, images }, { kinds: ["nerfstudio"], loadPhoto }, new Map(), views);
  expect(alone.files).toEqual(["transforms.json", "init.ply", "images/a.jpg", "images/d.jpg", "scene.json"]);
});

test("without the maps scene.json names none", async () => {
  const outcome = await write(synthetic.scene, { kinds: ["glb"] });
  expect(outcome.files).toEqual(["scene.glb", "scene.json"]);
  expect(readJson(outcome).images[0]).toMatchObject({ depth: null, confidence: null });
});

test("what is wrong with a scene is said", async () => {
  const lowered = await write(synthetic.scene, { kinds: [], minConfidence: 500, warnings: ["The model is weak."] });
  expect(lowered.warnings).toEqual(["The model is weak.", expect.stringContaining("confidence of 500")]);
  const lost = await write(change(1, { registered: false }), { kinds: [] });
  expect(lost.warnings).toEqual(["1 of 2 photos could not be connected to the others: b.jpg."]);
  const turned = synthetic.scene.images[1]!.worldFromCam.map((value, i) => (i === 3 ? value + 100 : value));
  const torn = await write(change(1, { worldFromCam: turned }), { kinds: ["colmap"] });
  expect(torn.warnings).toEqual([expect.stringContaining("agree on only 0 points")]);
});

test("an empty scene is no files and an error that says why", async () => {
  const nothing = { registered: true, depth: new Float32Array(64 * 48) };
  const empty = { ...synthetic.scene, images: synthetic.scene.images.map((image) => ({ ...image, ...nothing })) };
  const written = new Map<string, Uint8Array>();
  await expect(write(empty, {}, written)).rejects.toThrow(InputError);
  await expect(write(empty, {}, written)).rejects.toThrow(/^nothing was reconstructed: /);
  expect(written.size).toBe(0);
});

test("an empty scene's part is left out: surfaces without a triangle", async () => {
  const dots = synthetic.scene.images.map((image) => ({
    ...image,
    depth: image.depth.map((depth, i) => (i % 2 === 0 && Math.floor(i / 64) % 2 === 0 ? depth : 0)),
  }));
  const outcome = await write({ ...synthetic.scene, images: dots }, { kinds: ["surfaces", "ply"] });
  expect(outcome.files).toEqual(["points.ply", "scene.json"]);
  expect(outcome.warnings).toContain("No neighboring pixels lie on one surface: there is no surfaces.glb.");
});

test.each([
  ["depth", { depth: new Float32Array(64 * 48).fill(Number.NaN) }],
  ["confidence", { confidence: new Float32Array(64 * 48).fill(Infinity) }],
  ["pose", { worldFromCam: new Float64Array(16).fill(Number.NaN) }],
  ["camera", { intrinsics: { fx: Number.NaN, fy: 1, cx: 0, cy: 0 } }],
])("a %s that is not finite names its photo and leaves nothing behind", async (what, changes) => {
  const written = new Map<string, Uint8Array>();
  const attempt = write(change(1, changes), {}, written);
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow(`b.jpg: its ${what} holds`);
  expect(written.size).toBe(0);
});

test("aborting stops before the next file", async () => {
  const controller = new AbortController();
  const written = new Map<string, Uint8Array>();
  const onProgress = ({ done }: ProgressEvent): void => {
    if (done === 2) controller.abort(new Error("enough"));
  };
  await expect(write(synthetic.scene, { signal: controller.signal, onProgress }, written)).rejects.toThrow("enough");
  expect([...written.keys()]).toEqual(["depth/a.png", "confidence/a.png"]);
});
