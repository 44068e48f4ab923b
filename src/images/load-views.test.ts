import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeImage } from "#platform";
import { FormatError, InputError } from "../core/errors.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { networkPriors } from "../priors/network-priors.ts";
import { loadView, loadViews } from "./load-views.ts";
import { undistort } from "./undistort.ts";

let folder: string;
const at = (...names: string[]) => join(folder, ...names);

/** A photo that is dark on the left and bright on the right. */
async function photo(name: string, width = 96, height = 72): Promise<string> {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) => ((Math.floor(i / 3) % width) * 255) / width);
  await sharp(rgb, { raw: { width, height, channels: 3 } }).toFile(at(name));
  return at(name);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-views-"));
  for (const name of ["trip", "left", "right", "empty", "broken"]) await mkdir(at(name));
  for (const name of ["trip/IMG_10.png", "trip/IMG_9.JPG", "trip/._IMG_9.JPG", "left/0.png"]) await photo(name);
  await copyFile(at("left/0.png"), at("right/0.png"));
  await writeFile(at("trip/notes.txt"), "not a photo");
  await mkdir(at("trip/folder.jpg"));
  await writeFile(at("empty/notes.txt"), "not a photo");
  await writeFile(at("broken/text.jpg"), "not a photo");
  await writeFile(at("broken/nothing.jpg"), "");
  await photo("broken/one.png", 1, 1);
  await photo("good.png");
});
afterAll(() => rm(folder, { recursive: true }));

const options = { size: 64, patchSize: 8 };

describe("loadViews", () => {
  test("gives a folder's photos in the natural order of their names", async () => {
    const views = await loadViews([at("trip")], options);
    expect(views.map(({ name }) => name)).toEqual(["IMG_9.JPG", "IMG_10.png"]);
    expect(views[0]).toMatchObject({ width: 64, height: 48, original: { width: 96, height: 72 } });
    expect(views[0]!.originalFromNetwork).toEqual({ scaleX: 1.5, scaleY: 1.5, offsetX: 0.25, offsetY: 0.25 });
    expect(views[0]!.rgb).toHaveLength(3 * 64 * 48);
    expect([views[0]!.rgb[0]! < 12, views[0]!.rgb[3 * 63]! > 243]).toEqual([true, true]);
  });

  test("keeps the order given, takes each file once and tells equal names apart", async () => {
    const views = await loadViews([at("right"), at("good.png"), at("left/0.png"), at("trip/../right/0.png")], options);
    expect(views.map(({ name }) => name)).toEqual(["right_0.png", "good.png", "left_0.png"]);
  });

  test("hashes the file's content and its preparation", async () => {
    const [left, right, other] = await loadViews([at("left/0.png"), at("right/0.png"), at("trip/IMG_9.JPG")], options);
    const [large] = await loadViews([at("left/0.png")], { size: 96, patchSize: 8 });
    expect(left!.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(right!.hash).toBe(left!.hash);
    expect(new Set([left!.hash, other!.hash, large!.hash]).size).toBe(3);
  });

  test("reads the EXIF focal length in pixels of the upright photo", async () => {
    await sharp(at("good.png"))
      .withExif({ IFD2: { FocalLengthIn35mmFilm: "50" } })
      .toFile(at("focal.jpg"));
    const [view] = await loadViews([at("focal.jpg")], options);
    expect(view!.exifFocal).toBeCloseTo((50 / Math.hypot(36, 24)) * Math.hypot(96, 72), 6);
    expect((await loadViews([at("good.png")], options))[0]!.exifFocal).toBeUndefined();
  });

  test("reports every photo as it is done", async () => {
    const events: ProgressEvent[] = [];
    await loadViews([at("trip"), at("left")], { ...options, onProgress: (event) => events.push(event) });
    expect(events.map(({ stage, done, total }) => [stage, done, total])).toEqual([
      ["images", 1, 3],
      ["images", 2, 3],
      ["images", 3, 3],
    ]);
    expect(events.map(({ item }) => item).sort()).toEqual(["0.png", "IMG_10.png", "IMG_9.JPG"]);
  });

  test("stops when it is told to", async () => {
    const stop = new AbortController();
    const loading = loadViews([at("trip"), at("left"), at("right")], {
      ...options,
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    await expect(loading).rejects.toThrow("enough");
  });

  test("makes something of a very thin photo", async () => {
    const [view] = await loadViews([await photo("thin.png", 17, 600)], { size: 512, patchSize: 16 });
    expect(view).toMatchObject({ width: 16, height: 560, original: { width: 17, height: 600 } });
  });

  test("lists everything that cannot be found", async () => {
    const missing = loadViews([at("nowhere.jpg"), at("good.png"), at("empty")], options);
    await expect(missing).rejects.toThrow(InputError);
    await expect(missing).rejects.toThrow(
      `${at("nowhere.jpg")}: no such file or folder\n${at("empty")}: a folder without`,
    );
    await expect(loadViews([], options)).rejects.toThrow("no photos: give at least one");
  });

  test("lists everything that cannot be used", async () => {
    const broken = loadViews([at("good.png"), at("broken")], options);
    await expect(broken).rejects.toThrow(InputError);
    const { message } = (await broken.catch((error: Error) => error as Error)) as Error;
    expect(message.split("\n")).toEqual([
      "3 photos cannot be used:",
      expect.stringContaining(`${at("broken/nothing.jpg")}: is empty`),
      expect.stringContaining(`${at("broken/one.png")}: too small: 1x1, at least 8x8`),
      expect.stringContaining(`${at("broken/text.jpg")}: is not a JPEG, PNG`),
    ]);
  });

  test("leaves a single problem as it is", async () => {
    await expect(loadViews([at("good.png"), at("broken/text.jpg")], options)).rejects.toThrow(FormatError);
  });

  test("refuses a size before it reads anything", async () => {
    await expect(loadViews([at("good.png")], { size: 4, patchSize: 8 })).rejects.toThrow(/^size 4: an integer of/);
  });
});

describe("a photo of 100 megapixels", () => {
  const [width, height] = [11600, 8700];
  const rawMegabytes = (width * height * 3) / 2 ** 20;

  test.each(["jpg", "png"])(
    "is decoded in less memory than its pixels take: %s",
    { timeout: 120_000 },
    async (extension) => {
      const path = at(`huge.${extension}`);
      const tile = sharp(at("good.png")).resize(width, height, { fit: "fill", kernel: "nearest" });
      await (extension === "jpg" ? tile.jpeg() : tile.png({ compressionLevel: 1 })).toFile(path);
      const { megabytes, rgb, ...view } = await loadInChild(path);
      expect(view).toEqual({ width: 512, height: 384, original: { width, height } });
      expect(megabytes).toBeLessThan(0.9 * rawMegabytes);
      const small = await loadView(at("good.png"), "small");
      const errors = rgb.map((value, i) => Math.abs(value - small.rgb[i * STEP]!));
      expect(errors.reduce((sum, error) => sum + error) / errors.length).toBeLessThan(2.5);
    },
  );
});

interface Loaded {
  /** Peak memory of the process. */
  readonly megabytes: number;
  /** Every `STEP`th value. */
  readonly rgb: readonly number[];
}

const STEP = 101;

/** Loads a photo in a process of its own. */
async function loadInChild(path: string): Promise<Loaded> {
  const script = `
    const { loadView } = await import(${JSON.stringify(new URL("./load-views.ts", import.meta.url).href)});
    const { width, height, original, ...view } = await loadView(${JSON.stringify(path)}, "huge");
    const rgb = Array.from(view.rgb).filter((_, i) => i % ${STEP} === 0);
    const { peakMemory } = await import(${JSON.stringify(new URL("../platform/node/environment.ts", import.meta.url).href)});
    const megabytes = peakMemory() / 2 ** 20;
    process.stdout.write(JSON.stringify({ width, height, original, rgb, megabytes }));`;
  const flags = ["--conditions=source", "--import", "tsx", "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return JSON.parse(stdout);
}

describe("lens distortion", () => {
  const lens = {
    fx: 80,
    fy: 80,
    principalPoint: [47, 36] as const,
    distortion: { model: "radial", k: [-0.2, 0.05, 0, 0, 0, 0], p: [0.01, -0.005] },
  } as const;

  test("a photo is undistorted: as a pinhole camera would have taken it", async () => {
    const lenses = { shared: undefined, byPhoto: new Map([["left/0.png", lens]]) };
    const [bent, plain] = await loadViews([at("left/0.png"), at("right/0.png")], { ...options, lenses });
    expect(plain!.straightening).toBeUndefined();
    const { pinhole } = bent!.straightening!;
    const { fx, fy, principalPoint } = lens;
    const intrinsics = { fx, fy, cx: principalPoint[0], cy: principalPoint[1] };
    const { rgb } = undistort(
      await decodeImage(at("left/0.png")),
      { ...bent!.original, intrinsics, distortion: lens.distortion },
      bent!.original,
      pinhole,
    );
    await sharp(rgb, { raw: { ...bent!.original, channels: 3 } }).toFile(at("straight.png"));
    const straight = await loadView(at("straight.png"), "straight.png", options);
    expect(bent!.rgb).toEqual(straight.rgb);
    expect(bent!.hash).not.toBe(plain!.hash);
  });

  test("K of another photo is refused", async () => {
    const wrong = { ...lens, principalPoint: [480, 360] as const };
    await expect(loadView(at("good.png"), "good.png", { ...options, lens: wrong })).rejects.toThrow(InputError);
  });
});

test("transparent pixels are masked", async () => {
  const rgba = Uint8Array.from({ length: 96 * 72 * 4 }, (_, i) => (i % 4 < 3 || (i >> 2) % 96 < 48 ? 200 : 0));
  await sharp(rgba, { raw: { width: 96, height: 72, channels: 4 } }).toFile(at("cut.png"));
  const view = await loadView(at("cut.png"), "cut.png", options);
  expect([...view.mask!.subarray(0, 64)]).toEqual(Array.from({ length: 64 }, (_, x) => (x < 32 ? 1 : 0)));
  expect((await networkPriors([view], {})).masks).toEqual([view.mask]);
  expect((await loadView(at("good.png"), "good.png", options)).mask).toBeUndefined();
});

test.each(["jfif", "jpe", "JPEG", "MPO", "TIFF", "webp"])("photos in folders: .%s", async (extension) => {
  await mkdir(at(`as-${extension}`));
  const format = extension === "TIFF" ? "tiff" : extension === "webp" ? "webp" : "jpeg";
  await sharp(at("good.png"))
    .toFormat(format)
    .toFile(at(`as-${extension}`, `a.${extension}`));
  expect((await loadViews([at(`as-${extension}`)], options)).map(({ name }) => name)).toEqual([`a.${extension}`]);
});
