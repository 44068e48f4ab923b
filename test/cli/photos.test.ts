import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import sharp from "sharp";
import { expect, test } from "vitest";
import { dust3r, dust3rOutput, expectUserError, ON_CPU, scratchFolder } from "./dust3r.ts";
import { savePhoto, texture } from "./photos.ts";

const at = await scratchFolder();
const good = await savePhoto(at("good.jpg"));
await mkdir(at("empty"));
await writeFile(at("empty", "notes.txt"), "no photo here");
await writeFile(at("text.jpg"), "this is text\n");
await writeFile(at("nothing.jpg"), "");
const jpeg = readFileSync(good);
await writeFile(at("truncated.jpg"), jpeg.subarray(0, jpeg.length / 2));
await savePhoto(at("dot.png"), texture("dot", 1, 1));

/** Reconstructs with the small network into a folder of its own. */
function reconstruct(output: string, ...args: readonly string[]) {
  return ["reconstruct", "-o", at(output), "--dense", "none", ...ON_CPU, ...args];
}

interface Image {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly depth: { readonly file: string } | null;
}

/** The images of a scene reconstructed from photos, each one looked at. */
async function imagesOf(output: string, ...args: readonly string[]): Promise<readonly Image[]> {
  const json = await dust3rOutput(...reconstruct(output, "--json", "--quiet", "--export", "depth", ...args));
  return JSON.parse(json).images;
}

test.concurrent.each([
  ["no photos", [], /missing required argument 'photos'/],
  ["a file that is missing", [good, at("missing.jpg")], /missing\.jpg: no such file or folder/],
  ["a folder without photos", [at("empty")], /empty: a folder without photos \(looked for jpg, .*\)/],
  ["half a JPEG", [good, at("truncated.jpg")], /truncated\.jpg: is damaged or truncated/],
  ["text called .jpg", [at("text.jpg")], /text\.jpg: is not a JPEG, PNG, .* photo/],
  ["an empty file", [at("nothing.jpg")], /nothing\.jpg: is empty \(0 bytes\); a photo is expected/],
  ["a single pixel", [at("dot.png")], /dot\.png: too small: 1x1, at least 8x8 pixels are expected/],
])("%s: says so, writes nothing", async (name, photos, message) => {
  expectUserError(await dust3r(...reconstruct(name, ...photos)), message);
  expect(existsSync(at(name))).toBe(false);
});

test.concurrent("what libheif says of a photo does not reach stdout, which is for the answer", async () => {
  const heic = readFileSync(new URL("../fixtures/gradient.heic", import.meta.url));
  // A property that it cannot do without.
  heic[339] = 254;
  await writeFile(at("noise.heic"), heic);
  const result = await dust3r("focal", at("noise.heic"), "--json", ...ON_CPU);
  expectUserError(result, /noise\.heic: is damaged or truncated/);
  expect(result.stdout).toBe("");
});

test.concurrent("a FIFO that nobody writes to is named instead of waited for", async () => {
  execFileSync("sh", ["-c", 'mkfifo "$0"', at("pipe.json")]);
  const result = await dust3r(...reconstruct("piped", "--intrinsics", at("pipe.json"), good, good));
  expectUserError(result, /pipe\.json: is a pipe or a device; a file is expected/);
});

test.concurrent("everything wrong with any photo is said at once", async () => {
  const photos = [at("text.jpg"), good, at("dot.png"), at("truncated.jpg")];
  const result = await dust3r(...reconstruct("several", ...photos));
  expectUserError(result, /3 photos cannot be used/, /text\.jpg: /, /dot\.png: /, /truncated\.jpg: /);
  expect(existsSync(at("several"))).toBe(false);
});

test("unreadable photos among good ones: --skip-broken goes on without them and names them", async () => {
  const pairs = await savePhoto(at("other.jpg"));
  await writeFile(at("pairs.txt"), `good.jpg other.jpg\n`);
  const photos = [at("text.jpg"), good, at("truncated.jpg"), pairs, "--pairs", at("pairs.txt")];
  const result = await dust3r(...reconstruct("skipped", ...photos, "--skip-broken", "--json", "--export", "depth"));
  expect(result.code, result.stderr).toBe(0);
  expect(result.stderr).toMatch(/left out: .*text\.jpg: is not a JPEG/);
  expect(result.stderr).toMatch(/left out: .*truncated\.jpg: is damaged/);
  expect(JSON.parse(result.stdout).images).toMatchObject([{ file: "good.jpg" }, { file: "other.jpg" }]);
});

test("photos of every kind, shape and name make one scene", async () => {
  const frames = [texture("frame 1"), texture("frame 2")];
  const animation = sharp(await Promise.all(frames.map((frame) => frame.png().toBuffer())), {
    join: { animated: true },
  });
  const photos = [
    await savePhoto(at("kinds", "cmyk.jpg"), texture("cmyk").toColourspace("cmyk")),
    await savePhoto(at("kinds", "deep.png"), texture("deep").toColourspace("rgb16")),
    await savePhoto(at("kinds", "alpha.png"), texture("alpha").ensureAlpha(0.5)),
    await savePhoto(at("kinds", "moving.gif"), animation.clone()),
    await savePhoto(at("kinds", "moving.webp"), animation.clone()),
    await savePhoto(at("kinds", "portrait.jpg"), texture("portrait", 120, 160)),
    await savePhoto(at("kinds", "thin.png"), texture("thin", 17, 600)),
    await savePhoto(at("left", "1.png")),
    await savePhoto(at("right", "1.png")),
  ];
  expect((await sharp(at("kinds", "cmyk.jpg")).metadata()).space).toBe("cmyk");
  expect((await sharp(at("kinds", "deep.png")).metadata()).depth).toBe("ushort");
  expect((await sharp(at("kinds", "moving.gif")).metadata()).pages).toBe(2);
  expect((await sharp(at("kinds", "moving.webp")).metadata()).pages).toBe(2);

  const images = await imagesOf("every kind", ...photos, "--pairs", "window:1");
  expect(images.map(({ file, width, height }) => `${file} ${width}x${height}`)).toEqual([
    "cmyk.jpg 160x120",
    "deep.png 160x120",
    "alpha.png 160x120",
    "moving.gif 160x120",
    "moving-2.webp 160x120",
    "portrait.jpg 120x160",
    "thin.png 17x600",
    "left_1.png 160x120",
    "right_1.png 160x120",
  ]);
  const depths = images.flatMap(({ depth }) => depth?.file ?? []);
  expect(depths.length).toBeGreaterThan(1);
  expect(new Set(depths).size).toBe(depths.length);
  for (const file of depths) expect(existsSync(at("every kind", file))).toBe(true);
});

test("one photo alone, also when it is given twice, makes a scene", async () => {
  const images = await imagesOf("monocular", good, good);
  expect(images).toMatchObject([
    { file: "good.jpg", registered: true, depth: { file: "depth/good.png", scale: expect.any(Number) } },
  ]);
  const scene = JSON.parse(readFileSync(at("monocular", "scene.json"), "utf8"));
  expect(scene.alignment.method).toBe("monocular");
  expect(await sharp(at("monocular", "depth", "good.png")).metadata()).toMatchObject({ width: 160, height: 120 });
});

test("the same picture under two names is two photos", async () => {
  await writeFile(at("copy.jpg"), jpeg);
  expect(await imagesOf("copies", good, at("copy.jpg"))).toMatchObject([{ file: "good.jpg" }, { file: "copy.jpg" }]);
});
