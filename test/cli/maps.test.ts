import { readFileSync } from "node:fs";
import { copyFile, cp, mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder } from "./dust3r.ts";
import { SAMPLE_PHOTOS, savePhoto } from "./photos.ts";

const at = await scratchFolder();
const PHOTOS = [1, 2, 3, 4].map((i) => resolve(SAMPLE_PHOTOS, `courtyard-${i}.jpg`));
const [A, B, C, D] = PHOTOS as [string, string, string, string];

let elsewhere: string;
beforeAll(async () => {
  await dust3rOutput(
    "reconstruct",
    A,
    B,
    C,
    "-o",
    at("scene"),
    ...ON_CPU,
    "--depth-size",
    "160",
    "--export",
    "depth,colmap",
  );
  const gray = sharp({ create: { width: 640, height: 480, channels: 3, background: "#808080" } });
  elsewhere = await savePhoto(at("elsewhere.jpg"), gray);
}, 60_000);

test("a query that shows nothing of the scene is not registered", async () => {
  const args = [elsewhere, "--map", at("scene"), "--photos", SAMPLE_PHOTOS, ...ON_CPU, "--json"];
  const { code, stdout, stderr } = await dust3r("localize", ...args);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    status: "no-evidence",
    units: "arbitrary",
    queries: [
      {
        file: "elsewhere.jpg",
        registered: false,
        cam_from_world: null,
        K: null,
        pose_source: null,
        focal_source: null,
        inliers: 0,
      },
    ],
    warnings: [expect.stringMatching(/is of one color/), expect.stringMatching(/could not be located/)],
  });
  expect(stderr).toMatch(/warning: elsewhere\.jpg could not be located: /);
});

test("a photo that cannot be added leaves the scene as it is", async () => {
  const content = () => filesBelow(at("scene")).map((name) => readFileSync(at("scene", name)).toString("base64"));
  const before = content();
  const result = await dust3r("add", at("scene"), elsewhere, "--photos", SAMPLE_PHOTOS, ...ON_CPU);
  expectUserError(result, /elsewhere\.jpg could not be registered: .*\nThe scene was left as it is\./);
  expect(content()).toEqual(before);
});

test("a photo that the scene has already is refused", async () => {
  const result = await dust3r("add", at("scene"), A, "--photos", SAMPLE_PHOTOS, ...ON_CPU);
  expectUserError(result, /the scene has these photos already: .*courtyard-1\.jpg is its courtyard-1\.jpg/);
});

test("a photo is added by its features; what was there stays", async () => {
  await cp(at("scene"), at("growing"), { recursive: true });
  const before = JSON.parse(readFileSync(at("growing", "scene.json"), "utf8"));
  const args = ["add", at("growing"), D, "--photos", SAMPLE_PHOTOS, "--depth-size", "160", ...ON_CPU, "--json"];
  const { images } = JSON.parse(await dust3rOutput(...args));
  expect(images).toHaveLength(4);
  expect(images[3]).toMatchObject({ registered: true, pose_source: "refined", focal_source: "features" });
  for (const [i, { cam_from_world }] of before.images.entries()) {
    for (const [row, values] of cam_from_world.entries())
      for (const [k, value] of values.entries()) expect(images[i].cam_from_world[row][k]).toBeCloseTo(value, 9);
  }
  // Depth is measured between the photos as it was before, and now with the new one.
  for (const { source } of before.images) expect(source).not.toBeNull();
  for (const { source } of images) expect(filesBelow(at("growing"))).toContain(source.file);
});

test("maps that cannot serve", async () => {
  await mkdir(at("bare"));
  await copyFile(at("scene", "scene.json"), at("bare", "scene.json"));
  const run = (map: string) => dust3r("localize", A, "--map", map, ...ON_CPU);
  expectUserError(await run(at("bare")), /its photo courtyard-1\.jpg was not found in .*--photos/);
  expectUserError(await run(SAMPLE_PHOTOS), /none of its 4 photos has both a pose and a depth map/);
  await mkdir(at("empty"));
  expectUserError(await run(at("empty")), /not a map/);
  const coarse = [...ON_CPU, "--model", "tiny", "--refine", "none"];
  await dust3rOutput("reconstruct", A, B, "-o", at("no-depth"), ...coarse, "--export", "ply");
  expectUserError(await run(at("no-depth")), /none of its 2 photos has both a pose and a depth map/);
});

test("a scene and the COLMAP model exported from it put a query at one place", async () => {
  const scene = at("scene");
  const centers: number[][] = [];
  for (const map of [scene, resolve(scene, "colmap")]) {
    const json = JSON.parse(await dust3rOutput("localize", D, "--map", map, "--json", ...ON_CPU));
    expect(json).toMatchObject({ status: "ok", queries: [{ registered: true, pose_source: "refined" }] });
    const rows: number[][] = json.queries[0].cam_from_world;
    centers.push([0, 1, 2].map((k) => -rows.slice(0, 3).reduce((sum, row) => sum + row[k]! * row[3]!, 0)));
  }
  const [a, b] = centers as [number[], number[]];
  const apart = Math.hypot(...a.map((x, k) => x - b[k]!));
  expect(apart / Math.hypot(...a)).toBeLessThan(0.05);
});
