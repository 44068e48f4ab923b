import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeJpeg } from "#platform";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { calibrationRows, poseRows } from "../../formats/camera-matrices.ts";
import { encodePng16 } from "../../formats/png16.ts";
import { invertRigid } from "../../geometry/pose.ts";
import { generateScene } from "../../procedural/generate-scene.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { photosItems } from "./photos-benchmark.ts";

const SCALE = 1e-3;
let folder: string;
let views: readonly RgbdView[];
let network: EvaluatedNetwork;

interface SceneFile {
  readonly name: string;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests spoil them in all ways
  readonly images: any[];
}

function sceneFile(name: string, kind: string, count = views.length): SceneFile {
  const images = views.slice(0, count).map(({ width, height, intrinsics, worldFromCam }, i) => ({
    file: `${i}.jpg`,
    width,
    height,
    K: calibrationRows(intrinsics),
    cam_from_world: poseRows(invertRigid(worldFromCam)),
    world_from_cam: poseRows(worldFromCam),
    depth: { file: `${i}.png`, scale: SCALE, kind: "dense" },
  }));
  return { name, kind, images };
}

/** Writes a scene, which `spoil` may change first. */
async function writeScene(
  path: string,
  scene: SceneFile,
  spoil: (scene: SceneFile) => void = () => {},
): Promise<string> {
  await mkdir(join(folder, path), { recursive: true });
  for (const [i, view] of views.entries()) {
    await writeFile(join(folder, path, `${i}.jpg`), await encodeJpeg(view, 95));
    const data = Uint16Array.from(view.depth, (z) => Math.min(65535, Math.round(z / SCALE)));
    await writeFile(join(folder, path, `${i}.png`), await encodePng16({ width: 64, height: 48, data }));
  }
  spoil(scene);
  await writeFile(join(folder, path, "scene.json"), JSON.stringify(scene));
  return join(folder, path);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-photos-"));
  // Of one camera, as photos of one size are taken to be.
  views = generateScene(5, 3, { views: 3, width: 64, height: 48, casual: false }).views;
  const plan = { size: 64, patchSize: 16 } as const;
  network = { network: oracleNetwork(new Map(views.map((view, i) => [`${i}.jpg`, view]))), plan };
});
afterAll(() => rm(folder, { recursive: true }));

describe("an oracle network", () => {
  test("is right about cameras and depth", async () => {
    const items = await photosItems(network, await writeScene("exact", sceneFile("exact", "multiview")), undefined);
    expect(items.map(({ id }) => id)).toEqual(["exact_all"]);
    const { metrics, badness, pictures } = await items[0]!.evaluate();
    expect(metrics).toMatchObject({ status: "ok", images: 3, registered: 3, pairs: 3, pairs_failed: 0, size: "all" });
    expect(metrics.rra?.[5]).toBe(1);
    expect(metrics.rta?.[5]).toBe(1);
    expect(metrics.focal_error).toBeLessThan(0.03);
    expect(metrics.depth?.abs_rel).toBeLessThan(0.02);
    expect(badness).toBeLessThan(0.1);
    expect(pictures().length).toBe(6);
  });

  test("a folder names its scene, and one of both poses is enough", async () => {
    const path = await writeScene("plain", sceneFile("", "multiview"), (scene) => {
      Object.assign(scene, { name: undefined, kind: undefined });
      for (const image of scene.images) image.cam_from_world = undefined;
    });
    const items = await photosItems(network, `${path}/`, undefined);
    expect(items.map(({ id }) => id)).toEqual(["plain_all"]);
    expect((await items[0]!.evaluate()).metrics.rra?.[5]).toBe(1);
  });

  test("single photos, one by one", async () => {
    const items = await photosItems(network, await writeScene("singles", sceneFile("singles", "single")), undefined);
    expect(items.map(({ id }) => id)).toEqual(["singles_depth-0", "singles_depth-1", "singles_depth-2"]);
    const { metrics } = await items[1]!.evaluate();
    expect(metrics.depth).toMatchObject({ images: 1, images_missing: 0 });
    expect(metrics.depth!.abs_rel).toBeLessThan(0.01);
    expect(metrics.maa30).toBeUndefined();
  });

  test("matches of a stereo pair lie where depth says", async () => {
    const items = await photosItems(network, await writeScene("stereo", sceneFile("stereo", "stereo", 2)), undefined);
    expect(items.map(({ id }) => id)).toEqual(["stereo_match", "stereo_all"]);
    const { metrics } = await items[0]!.evaluate();
    expect(metrics.matches).toBeGreaterThan(300);
    expect(metrics.position).toMatchObject({ by: "depth" });
    expect(metrics.position!.within_5pct).toBeGreaterThan(0.9);
    expect(metrics.epipolar!.within_2pct).toBeGreaterThan(0.9);
  });
});

test("a protocol names the photos of each subset", async () => {
  await writeScene("many/one", sceneFile("one", "multiview"));
  const protocol = join(folder, "protocol.json");
  const subset = { id: "pair", scene: "one", task: "reconstruct", size: "2", pick: "pair", tier: "core" };
  await writeFile(protocol, JSON.stringify({ subsets: [{ ...subset, files: ["2.jpg", "0.jpg"] }] }));
  const [item, ...rest] = await photosItems(network, join(folder, "many"), protocol);
  expect(rest).toEqual([]);
  expect((await item!.evaluate()).metrics).toMatchObject({ images: 2, registered: 2, pick: "pair" });

  const refused = async (content: object, problem: RegExp) => {
    await writeFile(protocol, JSON.stringify(content));
    await expect(photosItems(network, join(folder, "many"), protocol)).rejects.toThrow(problem);
  };
  await refused({ subsets: [] }, /lists no subsets/);
  await refused({ subsets: [{ ...subset, files: ["9.jpg"] }] }, /protocol.json, pair: one has no 9.jpg/);
  await refused({ subsets: [{ ...subset, scene: "two", files: ["0.jpg"] }] }, /there is no scene two/);
  await refused({ subsets: [{ ...subset, task: "guess", files: ["0.jpg"] }] }, /task/);
  const scene = sceneFile("rig", "multiview");
  const inFolders = { ...scene, images: scene.images.map((image, i) => ({ ...image, file: `cam${i}/0.jpg` })) };
  await writeScene("many/rig", inFolders);
  const rig = { ...subset, scene: "rig" };
  await refused({ subsets: [{ ...rig, files: ["0.jpg"] }] }, /pair: 0\.jpg may be cam0.0\.jpg or cam1.0\.jpg/);
  await refused({ subsets: [{ ...rig, files: ["cam9/0.jpg"] }] }, /rig has no cam9.0\.jpg|may be/);
  const twice = { ...subset, files: ["0.jpg"] };
  await refused({ subsets: [twice, twice] }, /the subset pair is listed twice/);
});

describe("ground truth that is wrong", () => {
  test.each<[name: string, spoil: (scene: SceneFile) => void, problem: RegExp]>([
    ["no images", (s) => s.images.splice(0), /images/],
    ["a frame twice", (s) => s.images.push(s.images[0]), /0.jpg is listed twice/],
    ["an infinite pose", (s) => (s.images[1].cam_from_world[0][3] = Number.POSITIVE_INFINITY), /cam_from_world/],
    [
      "a stretched rotation",
      (s) => (s.images[1].cam_from_world[0][0] *= 1.5),
      /cam_from_world of 1.jpg: its 3x3 part is no rotation/,
    ],
    [
      "a mirrored rotation",
      (s) => (s.images[1].cam_from_world[0] = s.images[1].cam_from_world[0].map((x: number) => -x)),
      /reflection/,
    ],
    ["a pose of three rows", (s) => s.images[1].cam_from_world.splice(2), /cam_from_world/],
    [
      "intrinsics of another size",
      (s) => (s.images[2].K[0][2] = 320),
      /2.jpg: K has its principal point outside of the 64x48/,
    ],
    ["a negative focal length", (s) => (s.images[2].K[0][0] = -5), /K of 2.jpg: focal lengths of -5/],
    ["a depth scale of zero", (s) => (s.images[0].depth.scale = 0), /scale/],
  ])("%s", async (name, spoil, problem) => {
    const path = await writeScene(`bad ${name}`, sceneFile("bad", "multiview"), spoil);
    await expect(photosItems(network, path, undefined)).rejects.toThrow(problem);
  });

  test.each<[name: string, spoil: (scene: SceneFile) => void, problem: RegExp]>([
    ["a photo of another size", (s) => (s.images[1].height = 60), /1.jpg: is 64x48; its ground truth is for 64x60/],
    ["a depth map that is missing", (s) => (s.images[0].depth.file = "none.png"), /none.png: there is no such file/],
    ["a depth map of a photo", (s) => (s.images[0].depth.file = "0.jpg"), /0.jpg/],
  ])("%s is told for the subset", async (name, spoil, problem) => {
    const path = await writeScene(`item ${name}`, sceneFile("bad", "multiview"), spoil);
    const [item] = await photosItems(network, path, undefined);
    await expect(item!.evaluate()).rejects.toThrow(problem);
  });

  test("a truncated depth map", async () => {
    const path = await writeScene("truncated", sceneFile("truncated", "multiview"));
    await writeFile(
      join(path, "1.png"),
      (await encodePng16({ width: 64, height: 48, data: new Uint16Array(64 * 48) })).slice(0, 60),
    );
    const [item] = await photosItems(network, path, undefined);
    await expect(item!.evaluate()).rejects.toThrow(/1.png: not a readable PNG/);
  });

  test("depth that is zero all over counts as not measured", async () => {
    const path = await writeScene("zero", sceneFile("zero", "single"));
    await writeFile(join(path, "0.png"), await encodePng16({ width: 64, height: 48, data: new Uint16Array(64 * 48) }));
    const [item] = await photosItems(network, path, undefined);
    expect((await item!.evaluate()).metrics.depth).toMatchObject({ images: 0, abs_rel: null });
  });

  test("a folder without any", async () => {
    await expect(photosItems(network, join(folder, "nothing"), undefined)).rejects.toThrow(/neither a scene.json nor/);
  });
});

test("photos that cannot be reconstructed are the worst result, not none", async () => {
  const path = await writeScene("failing", sceneFile("failing", "multiview"));
  const nonsense = views.map((view, i) => [`${i}.jpg`, { ...view, depth: view.depth.map(() => Infinity) }] as const);
  const broken = { ...network, network: oracleNetwork(new Map(nonsense)) };
  const [item] = await photosItems(broken, path, undefined);
  const { metrics, badness } = await item!.evaluate();
  expect(metrics).toMatchObject({ status: "failed", registered: 0, pairs_failed: 3, maa30: 0, rra: { 30: 0 } });
  expect(metrics.error).toMatch(/the weights are damaged/);
  expect(badness).toBe(1);
});
