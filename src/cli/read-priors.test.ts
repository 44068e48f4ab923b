import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { oracleViews } from "../../test/oracle-pairs.ts";
import { silentLogger } from "../core/logger.ts";
import { networkPriors } from "../priors/network-priors.ts";
import { readPriors } from "./read-priors.ts";
import type { SceneFlags } from "./scene-options.ts";

const size = { width: 64, height: 48 };
const views = oracleViews([size, size], { scale: 2, crop: 6 });
const flags: SceneFlags = { minConfidence: 3, export: [], seed: 0 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-priors-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function saved(name: string, value: unknown): Promise<string> {
  await writeFile(join(folder, name), JSON.stringify(value));
  return join(folder, name);
}

test("nothing said: what is done by default", async () => {
  const priors = await readPriors(flags);
  expect(await networkPriors(views, priors)).toEqual(await networkPriors(views, {}));
});

test.each([
  ["auto", [0, 0], true],
  ["yes", [0, 0], false],
  ["no", [0, 1], false],
] as const)("--shared-focal %s", async (sharedFocal, cameras, camerasAreGuessed) => {
  const priors = await readPriors({ ...flags, sharedFocal });
  expect(await networkPriors(views, priors)).toMatchObject({ cameras, camerasAreGuessed });
});

test("--no-exif", async () => {
  const photos = views.map((view) => ({ ...view, exifFocal: 100 }));
  const likely = async (exif: boolean) =>
    (await networkPriors(photos, await readPriors({ ...flags, exif }))).likelyFocals;
  expect(await likely(true)).toEqual([50, 50]);
  expect(await likely(false)).toBeUndefined();
});

test("everything known, in network pixels", async () => {
  const identity = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ];
  const masks = join(folder, "masks");
  await mkdir(masks);
  const { width, height } = views[1]!.original;
  // The left half black, the right half white.
  const halves = Buffer.from(Uint8Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 0 : 255)));
  await sharp(halves, { raw: { width, height, channels: 1 } })
    .png()
    .toFile(join(masks, "photo-1.png"));

  const read = await readPriors({
    ...flags,
    intrinsics: await saved("intrinsics.json", { focal: 120 }),
    poses: await saved("poses.json", {
      units: "metres",
      images: [{ file: "photo-1.jpg", world_from_cam: identity }],
    }),
    sharedFocal: "yes",
    masks,
    scaleDistance: "photo-0.jpg:6.5,6.5:8.5,6.5=2",
    metric: true,
  });
  const priors = await networkPriors(views, read);
  expect(priors.intrinsics?.map((intrinsics) => intrinsics?.fx)).toEqual([60, 60]);
  expect(priors.worldFromCam).toEqual([undefined, Float64Array.from(identity.flat())]);
  expect(priors).toMatchObject({
    posesInMeters: true,
    cameras: [0, 0],
    camerasAreGuessed: false,
    predictionsInMeters: true,
  });
  expect(priors.knownDistance).toEqual({ image: 0, pixel1: [0, 0], pixel2: [1, 0], meters: 2 });
  expect(priors.masks?.[0]).toBeUndefined();
  expect([...priors.masks![1]!.subarray(0, 64)]).toEqual(Array.from({ length: 64 }, (_, x) => (x < 32 ? 0 : 1)));
});

test("entries for other photos are mentioned; none for these is an error", async () => {
  const messages: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => messages.push(message) };
  const known = await saved("some.json", { "photo-0.jpg": { focal: 100 }, "x.jpg": { focal: 1 } });
  const read = await readPriors({ ...flags, intrinsics: known });
  const priors = await networkPriors(views, read, logger);
  expect(priors.intrinsics?.map((intrinsics) => intrinsics?.fx)).toEqual([50, undefined]);
  expect(messages).toEqual([`${known} speaks of x.jpg, which is not among the photos, and not of photo-1.jpg.`]);
  const more = await saved("more.json", {
    "photo-0.jpg": { focal: 1 },
    "photo-1.jpg": { focal: 1 },
    "x.jpg": { focal: 1 },
  });
  const notes: string[] = [];
  const info = { ...silentLogger, info: (message: string) => notes.push(message) };
  await networkPriors(views, await readPriors({ ...flags, intrinsics: more }), info);
  expect(notes).toEqual([`${more} also speaks of other photos, which are left out: x.jpg`]);
  const others = await saved("others.json", { "x.jpg": { focal: 1 } });
  await expect(networkPriors(views, await readPriors({ ...flags, intrinsics: others }))).rejects.toThrow(
    /others\.json speaks of x\.jpg, and of none of the photos \(photo-0\.jpg, photo-1\.jpg\)/,
  );
});

test("masks: photos without one are named, and all that do not fit are refused by name", async () => {
  const masks = join(folder, "some-masks");
  await mkdir(masks);
  const save = (name: string, { width, height }: { width: number; height: number }) =>
    sharp({ create: { width, height, channels: 3, background: "#ffffff" } }).toFile(join(masks, name));
  await save("photo-1.png", views[1]!.original);
  const told: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void told.push(message) };
  const read = async () => networkPriors(views, await readPriors({ ...flags, masks }), logger);
  await read();
  expect(told).toEqual([`${masks} has no masks of photo-0.jpg, which are used whole.`]);
  const { width, height } = views[0]!.original;
  await sharp({ create: { width, height, channels: 3, background: "#000000" } }).toFile(join(masks, "photo-0.png"));
  await read();
  expect(told.slice(1)).toEqual(["The mask of photo-0.jpg hides all of it: nothing of this photo is used."]);
  await rm(join(masks, "photo-0.png"));
  await save("photo-1.png", { width: 10, height: 8 });
  await save("photo-0.jpg.png", { width: 20, height: 8 });
  await expect(read()).rejects.toThrow(/masks that cannot be used:\n.*photo-0.*20x8.*\n.*photo-1.*10x8/);
});

test("a file that is not there", async () => {
  await expect(readPriors({ ...flags, poses: join(folder, "none.json") })).rejects.toThrow(
    /none\.json: there is no such file/,
  );
});
