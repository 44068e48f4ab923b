import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.ts";
import { decodePng16 } from "../../src/formats/png16.ts";
import { dust3r, dust3rOutput, expectUserError, filesBelow, ON_CPU, scratchFolder } from "./dust3r.ts";
import { SAMPLE_PHOTOS, savePhoto } from "./photos.ts";

const at = await scratchFolder();
const PHOTOS = [1, 2, 3].map((i) => resolve(SAMPLE_PHOTOS, `courtyard-${i}.jpg`));
const [A, B, C] = PHOTOS as [string, string, string];
/** For what does not depend on how well the network predicts. */
const TINY: readonly string[] = [...ON_CPU, "--model", "tiny"];
const SHARED = resolve(import.meta.dirname, "../../../shared");
const EVALUATOR = resolve(SHARED, "evaluate/evaluate.mjs");

test.concurrent.each([
  ["match", ["<photos...>", "--method <method>", "--draw <file>", "--min-confidence <c>", "--json"]],
  ["focal", ["<photos...>", "--shared-focal", "--no-exif", "--json"]],
  ["pose", ["<photos...>", "--method <method>", "--refine <how>", "--feature-size <pixels>", "--no-exif", "--json"]],
  ["depth", ["<photos...>", "-o, --output <folder>", "--format <kinds>", "--no-exif"]],
  ["localize", ["<queries...>", "--map <folder>", "--top <k>", "--intrinsics <file>", "--refine <how>", "--no-exif"]],
  ["add", ["<folder>", "<photos...>", "--photos <folder>", "--refine <how>", "--no-exif"]],
  [
    "align",
    [
      "<pairs>",
      "--photos <folder>",
      "--refine <how>",
      "--align <how>",
      "--intrinsics <file>",
      "--poses <file>",
      "--masks <folder>",
      "--mask-sky",
      "--shared-focal",
    ],
  ],
])("%s --help explains itself", async (command, words) => {
  const help = await dust3rOutput(command, "--help");
  for (const word of [`Usage: dust3r ${command}`, ...words]) expect(help).toContain(word);
});

describe("match", () => {
  test("--json gives matches in original pixels; --draw both photos side by side", async () => {
    const drawing = at("matches.png");
    const output = await dust3rOutput("match", A, B, ...ON_CPU, "--json", "--draw", drawing);
    const { matches } = JSON.parse(output);
    expect(matches.length).toBeGreaterThan(100);
    for (const [x1, y1, x2, y2, confidence] of matches) {
      expect(x1 > -10 && x1 < 650 && y1 > -10 && y1 < 490, `${x1} ${y1}`).toBe(true);
      expect(x2 > -10 && x2 < 650 && y2 > -10 && y2 < 490, `${x2} ${y2}`).toBe(true);
      expect(confidence).toBeGreaterThanOrEqual(1);
    }
    expect(await sharp(drawing).metadata()).toMatchObject({ format: "png", width: 1280, height: 480 });
  });

  test("--method features: fewer, that agree on one pose, to a fraction of a pixel", async () => {
    const drawing = at("features.jpg");
    const args = [A, B, ...ON_CPU, "--json", "--method", "features", "--draw", drawing];
    const { status, method, matches } = JSON.parse(await dust3rOutput("match", ...args));
    expect([status, method]).toEqual(["ok", "features"]);
    expect(matches.length).toBeGreaterThan(40);
    for (const [x1, y1, x2, y2, confidence] of matches) {
      for (const x of [x1, x2]) expect(x > -1 && x < 640).toBe(true);
      for (const y of [y1, y2]) expect(y > -1 && y < 480).toBe(true);
      expect(confidence).toBeGreaterThanOrEqual(1);
    }
    expect(matches.some(([x]: number[]) => x! % 1 !== 0)).toBe(true);
    const confidences = matches.map((match: number[]) => match[4]);
    expect(confidences).toEqual(confidences.toSorted((a: number, b: number) => b - a));
    expect(await sharp(drawing).metadata()).toMatchObject({ format: "jpeg", width: 1280, height: 480 });
  });

  test("no match above the confidence: an empty list and a warning", async () => {
    const { code, stdout, stderr } = await dust3r("match", A, B, ...TINY, "--json", "--min-confidence", "1e6");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: "no-evidence", matches: [] });
    expect(stderr).toMatch(/warning: No pixels match/);
  });

  test.concurrent.each([
    ["one photo", [A], /two photos are expected; found 1/],
    ["a photo with itself", [A, A], /two photos are expected; found 1 \(the same file counts once\)/],
    ["three photos", PHOTOS, /two photos are expected; found 3/],
    [
      "a drawing of no format",
      [A, B, "--draw", "m.gif"],
      /--draw m\.gif: a file that ends in \.jpg or \.png is expected/,
    ],
  ])("%s: refused", async (_, args, message) => {
    expectUserError(await dust3r("match", ...args, ...ON_CPU), message);
  });
});

test("focal --json: of one photo, and of two", async () => {
  for (const photos of [[A], [A, B]]) {
    const { images } = JSON.parse(await dust3rOutput("focal", ...photos, ...TINY, "--json"));
    expect(images.map(({ file }: { file: string }) => file)).toEqual(photos.map((photo) => photo.split("/").at(-1)));
    for (const { focal, fov_x_deg } of images) {
      expect(focal).toBeGreaterThan(100);
      expect(Math.tan((fov_x_deg * Math.PI) / 360) * focal).toBeCloseTo(320, 6);
    }
  }
});

test("focal --shared-focal: one for several photos", async () => {
  const output = await dust3rOutput("focal", A, B, C, ...TINY, "--shared-focal", "--json");
  const focals = JSON.parse(output).images.map(({ focal }: { focal: number }) => focal);
  expect(focals).toEqual([focals[0], focals[0], focals[0]]);
});

test("pose --json: a rigid motion with t of length 1, by every method", async () => {
  const poses: number[][][] = [];
  for (const [method, ...flags] of [["consensus"], ["pnp", "--refine", "none"], ["procrustes", "--refine", "none"]]) {
    const result = JSON.parse(await dust3rOutput("pose", A, B, ...ON_CPU, "--json", "--method", method!, ...flags));
    expect(result).toMatchObject({ status: "ok", warnings: [], method });
    expect(result.pose_source).toBe(flags.length === 0 ? "refined" : "network");
    poses.push(result.cam2_from_cam1);
    const [r1, r2, r3, last] = result.cam2_from_cam1;
    expect(last).toEqual([0, 0, 0, 1]);
    expect(Math.hypot(r1[3], r2[3], r3[3])).toBeCloseTo(1, 9);
    expect(Math.hypot(r1[0], r2[0], r3[0])).toBeCloseTo(1, 9);
  }
  // One courtyard: features and the network agree within a few degrees, and are not the same.
  const [refined, network] = poses.map((rows) => rows[0]![0]!) as [number, number];
  expect(refined).not.toBe(network);
  expect(refined).toBeCloseTo(network, 1);
});

describe("depth", () => {
  test("one photo: a map at its own resolution, its scale and K, in every format", async () => {
    const json = await dust3rOutput("depth", A, "-o", at("depth1"), ...TINY, "--json", "--format", "png,npz,exr");
    const { scale, K } = JSON.parse(readFileSync(at("depth1", "depth/courtyard-1.json"), "utf8"));
    expect(JSON.parse(json)).toEqual({
      status: "ok",
      warnings: [],
      units: "arbitrary",
      images: [{ file: "courtyard-1.jpg", depth: "depth/courtyard-1.png", scale, K }],
      left_out: [],
    });
    const map = decodePng16(readFileSync(at("depth1", "depth/courtyard-1.png")), "depth");
    expect([map.width, map.height]).toEqual([640, 480]);
    expect(map.data.every((value) => value > 0)).toBe(true);
    const names = ["exr", "json", "npz", "png"].map((extension) => `depth/courtyard-1.${extension}`);
    expect(filesBelow(at("depth1"))).toEqual([".dust3r-files.json", ...names]);
  });

  test("several photos: a map for each", async () => {
    await dust3rOutput("depth", A, B, C, "-o", at("depth3"), ...TINY, "--depth-size", "160");
    const maps = filesBelow(at("depth3")).filter((name) => name.endsWith(".png"));
    expect(maps.slice(0, 3)).toEqual([1, 2, 3].map((i) => `depth/courtyard-${i}.png`));
    // And for those between which depth is measured, where it is.
    expect(maps.slice(3).filter((name) => name.startsWith("source/")).length).toBeGreaterThanOrEqual(2);
  });

  test.skipIf(!existsSync(EVALUATOR))("the evaluator reads it", async () => {
    const photo = resolve(SHARED, "data/single-nyu-basement/00.jpg");
    await dust3rOutput("depth", photo, "-o", at("nyu"), ...TINY);
    const args = ["--truth", resolve(SHARED, "data/single-nyu-basement"), "--depth", at("nyu", "depth")];
    const report = execFileSync(process.execPath, [EVALUATOR, ...args, "--images", "00.jpg", "--json"], {
      encoding: "utf8",
    });
    expect(JSON.parse(report)).toMatchObject({ images: 1, depth: { images: 1, images_missing: 0 }, warnings: [] });
  });

  test.concurrent("a format that is none is refused", async () => {
    expectUserError(await dust3r("depth", A, "-o", at("tiff"), "--format", "tiff"), /"tiff" is none of png, npz, exr/);
  });
});

describe("align", () => {
  beforeAll(async () => {
    await dust3rOutput("infer", A, B, C, "-o", at("pairs.safetensors"), ...ON_CPU);
  });

  test("of the pairs that infer wrote gives what reconstruct gives", async () => {
    const exports = ["--export", "depth,ply"];
    await dust3rOutput("align", at("pairs.safetensors"), "-o", at("aligned"), ...exports);
    await dust3rOutput("reconstruct", A, B, C, "-o", at("reconstructed"), ...ON_CPU, ...exports, "--refine", "none");
    const files = filesBelow(at("reconstructed")).filter((name) => !name.endsWith(".json"));
    expect(files).toContain("points.ply");
    for (const file of files) {
      expect(readFileSync(at("aligned", file)).equals(readFileSync(at("reconstructed", file))), file).toBe(true);
    }
    const cameras = (folder: string) => JSON.parse(readFileSync(at(folder, "scene.json"), "utf8")).images;
    expect(cameras("aligned")).toEqual(cameras("reconstructed"));
  });

  test("--photos: cameras are refined on their features, as reconstruct does", async () => {
    const args = ["--export", "depth", "--json"];
    const run = (command: string, ...more: string[]) => dust3rOutput(command, ...more, ...args);
    const aligned = JSON.parse(
      await run("align", at("pairs.safetensors"), "--photos", SAMPLE_PHOTOS, "-o", at("aligned-photos")),
    );
    const whole = JSON.parse(await run("reconstruct", A, B, C, "-o", at("whole"), "--dense", "none", ...ON_CPU));
    const facts = ({ images }: typeof whole) =>
      images.map(({ pose_source, focal_source, K, cam_from_world }: (typeof whole)["images"][0]) => {
        return { pose_source, focal_source, K, cam_from_world };
      });
    expect(aligned.refinement).toEqual(whole.refinement);
    expect(facts(aligned)).toEqual(facts(whole));
    expect(facts(aligned)[0].pose_source).toBe("refined");
  });

  test("photos that are missing, or of another shape; refinement without photos", async () => {
    const other = sharp({ create: { width: 300, height: 300, channels: 3, background: "#808080" } });
    for (const i of [1, 2, 3]) await savePhoto(at("others", `courtyard-${i}.jpg`), other.clone());
    const run = (...args: string[]) => dust3r("align", at("pairs.safetensors"), "-o", at("bad"), ...args);
    await mkdir(at("no-photos"));
    expectUserError(await run("--photos", at("no-photos")), /courtyard-1\.jpg was not found in .*no-photos/);
    expectUserError(await run("--photos", at("others")), /courtyard-1\.jpg: is 300x300; the pairs are of .* 640x480/);
    expectUserError(await run("--refine", "features"), /the pairs hold no photos; say with --photos/);
    expect(existsSync(at("bad"))).toBe(false);
  });

  test.each([
    ["intrinsics that are no JSON", "--intrinsics", "{\n]", /bad\.json: line 2: not JSON/],
    [
      "intrinsics without a focal length",
      "--intrinsics",
      '{"courtyard-1.jpg": {"fov": 3}}',
      /bad\.json: "courtyard-1\.jpg": no focal/,
    ],
    [
      "intrinsics of other photos",
      "--intrinsics",
      '{"x.jpg": {"focal": 3}}',
      /bad\.json speaks of x\.jpg, and of none of the photos/,
    ],
    [
      "poses that are none",
      "--poses",
      '[{"file": "courtyard-1.jpg", "world_from_cam": [[1]]}]',
      /bad\.json: entry 0 \(courtyard-1\.jpg\): world_from_cam: /,
    ],
  ])("%s: refused, nothing written", async (_, flag, text, message) => {
    await writeFile(at("bad.json"), text);
    expectUserError(await dust3r("align", at("pairs.safetensors"), "-o", at("bad"), flag, at("bad.json")), message);
    expect(existsSync(at("bad"))).toBe(false);
  });

  test("masks of which there are none, a distance that is none, a file that is no pairs", async () => {
    await mkdir(at("no-masks"));
    const run = (...args: string[]) => dust3r("align", at("pairs.safetensors"), "-o", at("bad"), ...args);
    expectUserError(await run("--masks", at("no-masks")), /no-masks: no mask there; NAME\.png is expected/);
    expectUserError(await run("--scale-distance", "3"), /known distance "3": NAME:x1,y1:x2,y2=METERS is expected/);
    expectUserError(await dust3r("align", A, "-o", at("bad")), /courtyard-1\.jpg: not a valid safetensors file/);
    expect(existsSync(at("bad"))).toBe(false);
  });
});

describe("no evidence is a status in every answer", () => {
  const json = async (...args: readonly string[]) => JSON.parse(await dust3rOutput(...args, "--json", ...ON_CPU));
  const [blank, noise, copy] = [at("blank.png"), at("noise.png"), at("copy.jpg")];
  beforeAll(async () => {
    const random = seededRandom("noise");
    const pixels = Uint8Array.from({ length: 3 * 320 * 240 }, () => 256 * random());
    await sharp(pixels, { raw: { width: 320, height: 240, channels: 3 } }).toFile(noise);
    await sharp({ create: { width: 320, height: 240, channels: 3, background: "#787878" } }).toFile(blank);
    await sharp(A).jpeg({ quality: 70 }).toFile(copy);
  });

  test("blank, noise and duplicate photos have no pose, matches or focal length to be trusted", async () => {
    expect(await json("pose", A, blank)).toMatchObject({ status: "no-evidence" });
    expect(await json("match", A, noise)).toMatchObject({ status: "no-evidence" });
    const twice = await json("pose", A, copy);
    expect(twice).toMatchObject({ status: "no-evidence" });
    expect(twice.baseline).toBeGreaterThanOrEqual(0);
    expect(twice.warnings).toContainEqual(expect.stringMatching(/copy\.jpg is the same picture as courtyard-1\.jpg/));
    const focals = await json("focal", blank);
    expect(focals).toMatchObject({ status: "no-evidence", images: [{ status: "no-evidence" }] });
    expect(focals.warnings).toContainEqual(expect.stringMatching(/blank\.png is of one color/));
  });

  test("what is left out for want of evidence is in no export", async () => {
    const out = at("stray");
    const scene = await json(
      "reconstruct",
      A,
      B,
      noise,
      "-o",
      out,
      "--dense",
      "none",
      "--export",
      "depth,colmap,nerfstudio",
    );
    expect(scene.status).toBe("ok");
    expect(scene.images.map((image: { registered: boolean }) => image.registered)).toEqual([true, true, false]);
    expect(filesBelow(out).filter((name) => name.includes("noise"))).toEqual([]);
    const alone = await json("reconstruct", blank, noise, "-o", at("nothing"), "--export", "depth");
    expect(alone.status).toBe("no-evidence");
    expect(alone.warnings.length).toBeGreaterThan(0);
  });
});
