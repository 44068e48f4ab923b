import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { align } from "../src/alignment/align.ts";
import type { PairPrediction } from "../src/core/pair-prediction.ts";
import type { Scene } from "../src/core/scene.ts";
import type { View } from "../src/core/view.ts";
import { writeScene } from "../src/export/write-scene.ts";
import { calibrationRows } from "../src/formats/camera-matrices.ts";
import { decodePng16 } from "../src/formats/png16.ts";
import { composePoses, identityPose, invertRigid, rotationOf, translationOf } from "../src/geometry/pose.ts";
import { rotationAngle } from "../src/geometry/rotation.ts";
import { loadViews } from "../src/images/load-views.ts";
import { openMap } from "../src/maps/open-map.ts";
import { EncodedMap } from "../src/pipeline/encoded-map.ts";
import { localizeViews } from "../src/pipeline/localize-photos.ts";
import { matchViews } from "../src/tasks/match-views.ts";
import { estimateFocals } from "../src/tasks/photo-focals.ts";
import { estimateRelativePose } from "../src/tasks/relative-pose.ts";
import { type KnownPhoto, networkCamera, oracleNetwork } from "./oracle-network.ts";
import { oraclePredictions } from "./oracle-pairs.ts";
import { poseDifference } from "./pose-errors.ts";
import { streamOf } from "./synthetic-pairs.ts";

const SHARED = resolve(import.meta.dirname, "../../shared");
const DATA = resolve(SHARED, "data");
const EVALUATOR = resolve(SHARED, "evaluate/evaluate.mjs");
const PLAN = { size: 160, patchSize: 16 };

/** Photos with measured depth, as `index.json` beside them describes. */
interface RealScene {
  readonly folder: string;
  readonly names: readonly string[];
  readonly photos: readonly KnownPhoto[];
}

function realScene(name: string, count: number): RealScene {
  const folder = resolve(DATA, name);
  const images = JSON.parse(readFileSync(join(folder, "scene.json"), "utf8")).images.slice(0, count);
  return {
    folder,
    names: images.map(({ file }: { file: string }) => file),
    // biome-ignore lint/suspicious/noExplicitAny: ground truth in a format that is documented beside it
    photos: images.map(({ width, height, K, world_from_cam, depth }: any): KnownPhoto => {
      const { data } = decodePng16(readFileSync(join(folder, depth.file)), depth.file);
      return {
        width,
        height,
        intrinsics: { fx: K[0][0], fy: K[1][1], cx: K[0][2], cy: K[1][2] },
        worldFromCam: world_from_cam ? Float64Array.from(world_from_cam.flat()) : identityPose(),
        depth: Float32Array.from(data, (value) => depth.scale * value),
      };
    }),
  };
}

/** The views of the photos, and ground truth as predictions for every ordered pair of them. */
async function predict({
  folder,
  names,
  photos,
}: RealScene): Promise<{ views: readonly View[]; predictions: PairPrediction[] }> {
  const views = await loadViews(
    names.map((name) => join(folder, name)),
    PLAN,
  );
  const cameras = views.map((view, i) => networkCamera(photos[i]!, view));
  const indices = [...views.keys()];
  const edges = indices.flatMap((i) =>
    indices.map((j) => [i, j] as const).filter(([, j]) => views.length === 1 || i !== j),
  );
  return { views, predictions: oraclePredictions(cameras, edges) };
}

describe.skipIf(!existsSync(DATA) || !existsSync(EVALUATOR))(
  "measured depth of real photos as pointmaps, judged by the evaluator",
  () => {
    // biome-ignore lint/suspicious/noExplicitAny: a JavaScript module without types
    let evaluator: any;
    let out: string;
    beforeAll(async () => {
      evaluator = await import(pathToFileURL(EVALUATOR).href);
      out = await mkdtemp(join(tmpdir(), "dust3r-oracle-"));
    });
    afterAll(() => rm(out, { recursive: true, force: true }));

    const save = async (name: string, bytes: Uint8Array | string) => {
      await mkdir(dirname(join(out, name)), { recursive: true });
      await writeFile(join(out, name), bytes);
    };

    const writeDepth = async (scene: Scene, views: readonly View[]) => {
      const run = { model: { name: "oracle", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 };
      const codecs = { encodeJpeg: async () => new Uint8Array(), loadViewerHtml: async () => "" };
      await writeScene(scene, views, { write: save }, { run, kinds: ["depth"], ...codecs });
    };

    test("poses, intrinsics and depth of many photos", async () => {
      const real = realScene("open3d-chair", 3);
      const { views, predictions } = await predict(real);
      const scene = await align(views, streamOf(predictions));
      await writeDepth(scene, views);
      const report = evaluator.evaluateScene(
        evaluator.loadTruth(real.folder),
        evaluator.readJson(join(out, "scene.json")),
        {
          folder: out,
        },
      );
      expect(report).toMatchObject({ images: 3, registered: 3, warnings: [] });
      expect(report.maa30).toBeGreaterThan(0.9);
      expect(report.focal_error).toBeLessThan(0.01);
      expect(report.depth.abs_rel).toBeLessThan(0.02);
    });

    test("matches", async () => {
      const real = realScene("open3d-chair", 2);
      const { views, predictions } = await predict(real);
      const { pixels1, pixels2, confidence } = matchViews(views as [View, View], predictions);
      const matches = Array.from(confidence, (c, i) => [
        pixels1[2 * i],
        pixels1[2 * i + 1],
        pixels2[2 * i],
        pixels2[2 * i + 1],
        c,
      ]);
      const report = evaluator.evaluateMatches(evaluator.loadTruth(real.folder), { matches }, { images: real.names });
      expect(report.matches).toBeGreaterThan(3000);
      expect(report.position.within_1pct).toBeGreaterThan(0.97);
      expect(report.epipolar.within_1pct).toBeGreaterThan(0.97);
      expect(report.position.median_px).toBeLessThan(1);
    });

    test("relative pose", async () => {
      const real = realScene("open3d-chair", 2);
      const { predictions } = await predict(real);
      const pose = estimateRelativePose(predictions[0]!, predictions[1]!);
      if (pose.status === "failed") throw new Error(pose.reason);
      const [camera1, camera2] = real.photos as [KnownPhoto, KnownPhoto];
      const truth = composePoses(invertRigid(camera2.worldFromCam), camera1.worldFromCam);
      expect((rotationAngle(rotationOf(pose.cam2FromCam1), rotationOf(truth)) * 180) / Math.PI).toBeLessThan(0.3);
      const [t, expected] = [translationOf(pose.cam2FromCam1), translationOf(truth)];
      const cosine = t.reduce((sum, x, k) => sum + x * expected[k]!, 0) / Math.hypot(...expected);
      expect((Math.acos(Math.min(1, cosine)) * 180) / Math.PI).toBeLessThan(3);
    });

    test.each(["correspondences", "relative"] as const)("localization in the other photos, by %s", async (method) => {
      const real = realScene("open3d-chair", 5);
      const known = new Map(real.names.map((name, i) => [name, real.photos[i]!]));
      const map = await openMap(real.folder);
      const kept = [...map.photos.keys()].filter((i) => map.photos[i]!.name !== "02.jpg");
      const camera = (index: number) => map.camera(kept[index]!);
      const others = { units: map.units, photos: kept.map((i) => map.photos[i]!), camera };
      const encoded = new EncodedMap(others, { network: oracleNetwork(known), plan: PLAN });
      const [query] = await loadViews([join(real.folder, "02.jpg")], PLAN);
      const [found] = await localizeViews([query!], encoded, { method });
      const { degrees, distance } = poseDifference(
        invertRigid(found!.camFromWorld!),
        known.get("02.jpg")!.worldFromCam,
      );
      expect(degrees).toBeLessThan(0.5);
      // Meters, of a scene some two meters away.
      expect(distance).toBeLessThan(0.02);
    });

    test("focal length and depth of a single photo", async () => {
      const real = realScene("single-nyu-basement", 1);
      const { views, predictions } = await predict(real);
      const [focal] = estimateFocals(views, predictions);
      expect(focal!.focal / real.photos[0]!.intrinsics.fx).toBeCloseTo(1, 1);
      const scene = await align(views, streamOf(predictions));
      await writeDepth(scene, views);
      const { scale } = evaluator.readJson(join(out, "scene.json")).images[0].depth;
      await save("depth/00.json", JSON.stringify({ scale, K: calibrationRows(real.photos[0]!.intrinsics) }));
      const report = evaluator.evaluateDepth(evaluator.loadTruth(real.folder), join(out, "depth"), {
        images: real.names,
      });
      expect(report.warnings).toEqual([]);
      expect(report.depth.abs_rel).toBeLessThan(0.02);
      expect(report.depth.delta_1_25).toBeGreaterThan(0.95);
    });
  },
);
