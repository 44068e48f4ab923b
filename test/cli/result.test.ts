import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { View } from "../../src/core/view.ts";
import { pictureOfInput } from "../../src/inference/network-input.ts";
import { type EncodedView, PairNetwork } from "../../src/inference/pair-network.ts";
import { openEngine } from "../../src/runtime/engine.ts";
import { openCheckpoint } from "../../src/weights/open-checkpoint.ts";
import { goldenNames, readGoldens } from "../golden.ts";
import { dust3r, dust3rOutput, type Finished, filesBelow, ON_CPU, scratchFolder } from "./dust3r.ts";
import { SAMPLE_PHOTOS } from "./photos.ts";

const at = await scratchFolder();
const NAMES = [1, 2, 3, 4].map((i) => `courtyard-${i}.jpg`);
const PHOTOS = NAMES.map((name) => resolve(SAMPLE_PHOTOS, name));
const TINY = resolve(import.meta.dirname, "../fixtures/tiny_linear_checkpoint.pth");

const number = z.number();
const matrix = (size: number) => z.array(z.array(number).length(size)).length(size);
const map = z.strictObject({ file: z.string(), scale: number.positive() }).nullable();
const sceneSchema = z.strictObject({
  version: z.literal(1),
  units: z.literal("arbitrary"),
  status: z.literal("ok"),
  warnings: z.array(z.string()),
  min_confidence: z.number().min(1).max(3),
  model: z.strictObject({ name: z.literal("small"), dtype: z.literal("fp32"), device: z.literal("cpu") }),
  images: z.array(
    z.strictObject({
      file: z.enum(NAMES),
      width: z.literal(640),
      height: z.literal(480),
      registered: z.boolean(),
      K: matrix(3),
      camera: number.int().min(0),
      focal_source: z.enum(["given", "features", "exif", "network", "assumed"]),
      pose_source: z.enum(["given", "refined", "network"]).nullable(),
      lens: z.null(),
      cam_from_world: matrix(4).nullable(),
      world_from_cam: matrix(4).nullable(),
      mean_confidence: number.min(1),
      component: number.int().min(0).nullable(),
      residual: number.min(0).nullable(),
      inlier_share: number.min(0).max(1).nullable(),
      shared_points: number.int().min(0),
      connected_photos: number.int().min(0).max(3),
      reprojection_error: number.min(0).nullable(),
      median_reprojection_error: number.min(0).nullable(),
      depth: map,
      confidence: map,
      source: map,
    }),
  ),
  pairs: z.array(
    z.strictObject({
      image1: z.enum(NAMES),
      image2: z.enum(NAMES),
      mean_confidence: number.min(1),
      residual: number.min(0).nullable(),
      inlier_share: number.min(0).max(1).nullable(),
      shared_points: number.int().min(0),
    }),
  ),
  alignment: z.strictObject({
    method: z.literal("global"),
    loss: number.min(0),
    iterations: number.int().min(0),
    seconds: number.min(0),
  }),
  pairing: z.null(),
  refinement: z.strictObject({ verified_pairs: z.number(), points: z.number() }).nullable(),
  timings: z.record(z.string(), number.min(0)),
  peak_memory_bytes: number.int().min(1e7),
});

const SHARED = resolve(import.meta.dirname, "../../../shared");
const EVALUATOR = resolve(SHARED, "evaluate/evaluate.mjs");
const FOUNTAIN = resolve(SHARED, "data/fountain-p11");

/** The evaluator's metrics of all photos of a result. */
function evaluate(output: string, truth: string): unknown {
  const result = ["--truth", truth, "--result", at(output, "scene.json"), "--json"];
  const { images } = JSON.parse(readFileSync(at(output, "scene.json"), "utf8"));
  const names = images.map(({ file }: { file: string }) => file).join(",");
  const args = [EVALUATOR, ...result, "--images", names];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

describe("reconstruct", () => {
  const args = ["reconstruct", ...PHOTOS, ...ON_CPU, "--seed", "7", "--depth-size", "160"];
  let run: Finished;
  beforeAll(async () => {
    run = await dust3r(...args, "-o", at("scene"), "--json");
  });

  test("--json prints scene.json alone on stdout, and progress on stderr", () => {
    expect(run.code, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual(JSON.parse(readFileSync(at("scene", "scene.json"), "utf8")));
    for (const stage of [
      "reading photos 4/4",
      "encoding photos 4/4",
      "decoding pairs 12/12",
      "aligning 4/4",
      "comparing photos",
      "writing",
    ]) {
      expect(run.stderr).toContain(stage);
    }
  });

  test("writes everything the design promises", () => {
    const maps = NAMES.map((name) => name.replace("jpg", "png"));
    const model = ["cameras.bin", "images.bin", "points3D.bin", "points3D.ply"];
    expect(filesBelow(at("scene"))).toEqual([
      ".dust3r-files.json",
      ...NAMES.map((name) => `colmap/images/${name}`),
      ...model.map((name) => `colmap/sparse/0/${name}`),
      ...maps.map((name) => `confidence/${name}`),
      ...maps.map((name) => `depth/${name}`),
      ...["index.html", "init.ply", "points.ply", "scene.glb", "scene.json"],
      ...maps.map((name) => `source/${name}`),
      "transforms.json",
    ]);
    for (const [i, name] of NAMES.entries()) {
      expect(readFileSync(at("scene", "colmap/images", name)).equals(readFileSync(PHOTOS[i]!)), name).toBe(true);
    }
  });

  test("scene.json has every field, in original pixels and consistent", async () => {
    const scene = sceneSchema.parse(JSON.parse(run.stdout));
    expect(scene.images.map(({ file }) => file)).toEqual(NAMES);
    expect(new Set(scene.pairs.map(({ image1, image2 }) => `${image1} ${image2}`)).size).toBe(12);
    for (const { registered, K, cam_from_world, world_from_cam, depth, confidence } of scene.images) {
      const [[fx, skew, cx] = [], [, fy, cy] = []] = K;
      expect(skew).toBe(0);
      expect(fx! / fy!).toBeCloseTo(1, 1);
      expect([cx! / 640, cy! / 480].every((center) => center > 0.4 && center < 0.6)).toBe(true);
      expect([cam_from_world, world_from_cam, depth, confidence].map((value) => value !== null)).toEqual(
        Array(4).fill(registered),
      );
      if (!cam_from_world || !world_from_cam || !depth) continue;
      for (const [row, column] of [0, 5, 10, 15, 1, 6, 11, 4].map((i) => [Math.floor(i / 4), i % 4] as const)) {
        const product = cam_from_world[row]!.reduce((sum, value, i) => sum + value * world_from_cam[i]![column]!, 0);
        expect(product).toBeCloseTo(row === column ? 1 : 0, 6);
      }
      const png = await sharp(at("scene", depth.file)).metadata();
      expect(png).toMatchObject({ width: 640, height: 480, depth: "ushort", channels: 1 });
    }
    expect(scene.images.filter(({ registered }) => registered).length).toBeGreaterThan(1);
    expect(Object.keys(scene.timings)).toEqual([
      "model",
      "images",
      "inference",
      "alignment",
      "refinement",
      "stereo",
      "export",
    ]);
  });

  test("--quiet prints no progress; the same photos and seed give the same bytes", async () => {
    const quiet = await dust3r(...args, "-o", at("again"), "--quiet", "--export", "ply,depth,glb");
    expect(quiet).toMatchObject({ code: 0, stdout: "" });
    expect(quiet.stderr.split("\n").filter((line) => line !== "" && !line.startsWith("warning: "))).toEqual([]);
    const files = filesBelow(at("again")).filter((name) => !/^(scene|\.dust3r-files)\.json$/.test(name));
    expect(files.length).toBe(14);
    for (const name of files) {
      expect(readFileSync(at("again", name)).equals(readFileSync(at("scene", name))), name).toBe(true);
    }
    const settled = (folder: string) => {
      const { timings, peak_memory_bytes, alignment, ...rest } = JSON.parse(
        readFileSync(at(folder, "scene.json"), "utf8"),
      );
      return rest;
    };
    expect(settled("again")).toEqual(settled("scene"));
  });

  test.skipIf(!existsSync(EVALUATOR))("the evaluator reads the scene", () => {
    expect(evaluate("scene", SAMPLE_PHOTOS)).toMatchObject({ images: 4, registered: 4, warnings: [] });
  });
});

test.skipIf(!existsSync(FOUNTAIN) || !existsSync(EVALUATOR))("real photos: the evaluator reads the scene", async () => {
  const photos = ["00.jpg", "01.jpg", "02.jpg"].map((name) => resolve(FOUNTAIN, name));
  await dust3rOutput("reconstruct", ...photos, "-o", at("fountain"), "--dense", "none", "--export", "depth");
  expect(evaluate("fountain", FOUNTAIN)).toMatchObject({ images: 3, registered: 3, warnings: [] });
});

describe("infer", () => {
  const infer = (file: string, ...args: readonly string[]) =>
    dust3rOutput("infer", ...PHOTOS.slice(0, 3), "-o", at(file), "--model", TINY, "--size", "64", ...ON_CPU, ...args);

  test("--pairs one gives the network's prediction for view.0 and view.1", async () => {
    const result = JSON.parse(await infer("one.safetensors", "--pairs", "one", "--json"));
    const images = NAMES.slice(0, 3);
    expect(result).toEqual({ file: at("one.safetensors"), images, pairs: 1, pairing: null, warnings: [] });
    const file = readGoldens(at("one.safetensors"));
    const view = (i: number): View => {
      const { shape, data } = file(`view.${i}`);
      expect(shape).toEqual([3, 48, 64]);
      expect(data.every((value) => value >= -1 && value <= 1)).toBe(true);
      const size = { width: 64, height: 48 };
      const originalFromNetwork = { scaleX: 10, scaleY: 10, offsetX: 4.5, offsetY: 4.5 };
      return { name: `${i}`, ...size, rgb: pictureOfInput(data), original: size, originalFromNetwork, hash: "" };
    };
    await using engine = await openEngine({ device: "cpu", threads: 1 });
    const network = new PairNetwork(engine, await openCheckpoint(TINY));
    const [view1, view2] = [view(0), view(1)];
    const pair = { view1: 0, view2: 1 };
    const expected = await network.decode(
      pair,
      ...((await network.encode([view1, view2])) as [EncodedView, EncodedView]),
    );
    expect(file("0-1.pointmap1")).toEqual({ shape: [48, 64, 3], data: expected.pointmap1 });
    expect(file("0-1.confidence1")).toEqual({ shape: [48, 64], data: expected.confidence1 });
    expect(file("0-1.pointmap2")).toEqual({ shape: [48, 64, 3], data: expected.pointmap2 });
    expect(file("0-1.confidence2")).toEqual({ shape: [48, 64], data: expected.confidence2 });
  });

  test("writes every ordered pair, twice the same, leaving nothing else", async () => {
    await infer("all.safetensors");
    await infer("twice.safetensors");
    expect(readFileSync(at("twice.safetensors")).equals(readFileSync(at("all.safetensors")))).toBe(true);
    const maps = ["pointmap1", "confidence1", "pointmap2", "confidence2"];
    const pairs = ["0-1", "0-2", "1-0", "1-2", "2-0", "2-1"];
    const views = ["view.0", "view.1", "view.2"];
    const names = [...views, ...pairs.flatMap((pair) => maps.map((name) => `${pair}.${name}`))];
    expect([...goldenNames(at("all.safetensors"))].sort()).toEqual(names.sort());
    expect(filesBelow(at()).filter((name) => /partial|resume/.test(name))).toEqual([]);
    const header = readFileSync(at("all.safetensors"), "latin1");
    expect(header).toContain(String.raw`"images":"[\"courtyard-1.jpg\",\"courtyard-2.jpg\",\"courtyard-3.jpg\"]"`);
  });

  test("--mirror averages over horizontal flips, and the embedded weights ask for it", async () => {
    await infer("mirror.safetensors", "--pairs", "one", "--mirror");
    const [mirrored, plain] = ["mirror.safetensors", "one.safetensors"].map((name) => readGoldens(at(name)));
    const points = mirrored!("0-1.pointmap1").data;
    expect(points.every(Number.isFinite)).toBe(true);
    expect(points).not.toEqual(plain!("0-1.pointmap1").data);

    const embedded = async (...args: readonly string[]) => {
      await dust3rOutput("infer", ...PHOTOS.slice(0, 2), "-o", at("embedded"), "--pairs", "one", ...ON_CPU, ...args);
      return readFileSync(at("embedded"));
    };
    const unasked = await embedded();
    expect((await embedded("--mirror")).equals(unasked)).toBe(true);
    expect((await embedded("--no-mirror")).equals(unasked)).toBe(false);
  });

  test("--half stores the same in half precision", async () => {
    await infer("half.safetensors", "--half", "--pairs", "one");
    const [half, full] = [readGoldens(at("half.safetensors")), readGoldens(at("all.safetensors"))];
    const worst = half("0-1.pointmap1").data.reduce((most, value, i) => {
      const exact = full("0-1.pointmap1").data[i]!;
      return Math.max(most, Math.abs(value - exact) / Math.max(Math.abs(exact), 1e-3));
    }, 0);
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(2 ** -11 * 1.01);
    expect(readFileSync(at("half.safetensors")).length).toBeLessThan(readFileSync(at("one.safetensors")).length);
  });
});
