import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { randomPose } from "../../../test/random-geometry.ts";
import { gaussian, type Random, seededRandom } from "../../core/random.ts";
import { calibrationRows, poseRows } from "../../formats/camera-matrices.ts";
import { encodePng16 } from "../../formats/png16.ts";
import { composePoses, invertRigid, rigidPose } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { type Match, matchMetrics } from "./match-metrics.ts";
import { cameraMetrics, depthMetrics, type FoundImage, focalMetrics } from "./scene-metrics.ts";
import { summarizePhotos } from "./summary.ts";
import { readTruthMap, readTruthScene } from "./truth-scene.ts";

const EVALUATOR = resolve(import.meta.dirname, "../../../../shared/evaluate/evaluate.mjs");
const SIZE = { width: 40, height: 30 };
const SCALE = 1e-3;
const files = ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"];

/** Metrics of the other project: of the same results it must say the same. */
describe.skipIf(!existsSync(EVALUATOR))("the external evaluator agrees", () => {
  // Loaded before the tests and not here: this runs where they are skipped, too.
  // biome-ignore lint/suspicious/noExplicitAny: the other project has no types
  let [evaluateScene, evaluateMatches, loadTruth, summarize]: any[] = [];
  let folder: string;
  beforeAll(async () => {
    ({ evaluateScene, evaluateMatches, loadTruth } = await import(pathToFileURL(EVALUATOR).href));
    ({ summarize } = await import(pathToFileURL(resolve(EVALUATOR, "../summary.mjs")).href));
    folder = await mkdtemp(join(tmpdir(), "dust3r-eval-"));
    for (const name of ["first", "second"]) await writeScene(join(folder, name), name);
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function compareScene(name: string, seed: string) {
    const scene = await readTruthScene(join(folder, name));
    const random = seededRandom(seed);
    const found = scene.images.map((image, i): FoundImage | null => {
      if (random() < 0.1) return null;
      const noise = rigidPose(rotationFromVector([0.2 * gaussian(random), 0.3 * gaussian(random), 0]), [
        gaussian(random),
        gaussian(random),
        0,
      ]);
      const lost = random() < 0.1 || i === 5;
      const focal = 40 * Math.exp(0.2 * gaussian(random));
      return { camFromWorld: lost ? null : composePoses(noise, image.camFromWorld!), focal };
    });
    const codes = scene.images.map(() => depthCodes(random));
    const result = {
      images: found.flatMap((image, i) => {
        if (image === null) return [];
        const { camFromWorld, focal } = image;
        return {
          file: files[i],
          ...SIZE,
          registered: camFromWorld !== null,
          cam_from_world: camFromWorld && poseRows(camFromWorld),
          world_from_cam: camFromWorld && poseRows(invertRigid(camFromWorld)),
          K: calibrationRows({ fx: focal, fy: focal, cx: 20, cy: 15 }),
          depth: camFromWorld && { file: `found-${i}.png`, scale: SCALE },
        };
      }),
    };
    for (const [i, data] of codes.entries()) {
      await writeFile(join(folder, name, `found-${i}.png`), await encodePng16({ ...SIZE, data }));
    }
    const theirs = evaluateScene(loadTruth(join(folder, name)), result, {
      images: files,
      folder: join(folder, name),
    });
    const truthDepth = await Promise.all(
      scene.images.map((image) => image.depth && readTruthMap(scene.folder, image.depth, image)),
    );
    const foundDepth = found.map((image, i) => {
      if (image?.camFromWorld == null) return null;
      return { ...SIZE, depth: Float32Array.from(codes[i]!, (code) => code * SCALE) };
    });
    const ours = {
      ...cameraMetrics(scene.images, found, scene.extent)!,
      ...focalMetrics(scene.images, found),
      depth: depthMetrics(truthDepth, foundDepth),
    };
    return { ours, theirs };
  }

  test.each(["one", "two", "three"])("cameras, focal lengths and depth, draw %s", async (seed) => {
    const { ours, theirs } = await compareScene("first", seed);
    for (const key of ["images", "registered", "pairs", "pairs_failed", "rra", "rta", "rta_unsigned"] as const) {
      expect(theirs[key], key).toEqual(ours[key]);
    }
    for (const key of [
      "maa30",
      "maa30_unsigned",
      "median_rotation_deg",
      "median_translation_deg",
      "centre_error",
      "focal_images",
      "focal_error",
      "fov_error_deg",
    ] as const) {
      expect(theirs[key], key).toBeCloseTo(ours[key]!, 9);
    }
    expect(theirs.depth).toMatchObject({ images: ours.depth!.images, images_missing: ours.depth!.images_missing });
    for (const key of ["abs_rel", "delta_1_25", "delta_1_03", "coverage"] as const) {
      expect(theirs.depth[key], key).toBeCloseTo(ours.depth![key]!, 6);
    }
  });

  test("averages over subsets", async () => {
    const drawn = [await compareScene("first", "four"), await compareScene("second", "five")];
    const facts = (i: number) => {
      const tier = i === 0 ? "core" : "extended";
      return { scene: ["first", "second"][i]!, task: "reconstruct", size: "5", pick: "5", tier, status: "ok" } as const;
    };
    const theirs = summarize(drawn.map((subset, i) => ({ id: String(i), ...facts(i), wall_s: i, ...subset.theirs })));
    const { figures } = summarizePhotos(
      drawn.map((subset, i) => ({ id: String(i), metrics: { ...facts(i), ...subset.ours }, seconds: i })),
    );
    for (const part of ["overall", "core", "by_size", "by_pick", "by_scene"]) {
      const { [part]: mine } = figures as Record<string, unknown>;
      expect(rounded(mine), part).toEqual(rounded(withoutCpu(theirs[part])));
    }
  });

  test("matches, by epipolar distance and by depth", async () => {
    const scene = await readTruthScene(join(folder, "first"));
    const random = seededRandom("matches");
    const matches = Array.from({ length: 300 }, (): Match => {
      const [x, y] = [40 * random(), 30 * random()];
      return [
        [x, y],
        [x + gaussian(random), y + gaussian(random)],
      ];
    });
    const truth = loadTruth(join(folder, "first"));
    const theirs = evaluateMatches(truth, { matches: matches.map(([a, b]) => [...a, ...b, 1]) });
    const ours = await matchMetrics(scene, [scene.images[0]!, scene.images[1]!], matches);
    expect(ours.position!.evaluated).toBeGreaterThan(100);
    expect(rounded(ours)).toEqual(
      rounded({ matches: theirs.matches, epipolar: theirs.epipolar, position: theirs.position }),
    );
  });
});

async function writeScene(folder: string, name: string): Promise<void> {
  await mkdir(folder);
  const random = seededRandom(name);
  const images = files.map((file, i) => {
    // The first two see nearly the same, for there to be something to match.
    const pose = i < 2 ? rigidPose(rotationFromVector([0, 0.02 * i, 0]), [0.1 * i, 0, 4]) : randomPose(random);
    const K = calibrationRows({ fx: 42, fy: 41, cx: 19.5, cy: 14.5 });
    return { file, ...SIZE, K, cam_from_world: poseRows(pose), depth: { file: `truth-${i}.png`, scale: SCALE } };
  });
  await writeFile(join(folder, "scene.json"), JSON.stringify({ name, kind: "multiview", images }));
  for (const i of files.keys()) {
    await writeFile(join(folder, `truth-${i}.png`), await encodePng16({ ...SIZE, data: depthCodes(random) }));
  }
}

/** Millimeters; a fifth of the pixels have none. */
function depthCodes(random: Random): Uint16Array {
  return Uint16Array.from({ length: 40 * 30 }, () => (random() < 0.2 ? 0 : 4000 * Math.exp(0.3 * gaussian(random))));
}

/** All numbers of a JSON value to six digits: maps are single precision here. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, part) =>
    typeof part === "number" ? Number(part.toPrecision(6)) : part,
  );
}

/** Our averages do not count processor time. */
function withoutCpu(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, part) => (key === "cpu_s" ? undefined : part));
}
