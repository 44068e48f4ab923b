import { resolve } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { dust3rOutput, ON_CPU, scratchFolder } from "./dust3r.ts";
import { SAMPLE_PHOTOS } from "./photos.ts";

const at = await scratchFolder();
/** Photos with a focal length in their EXIF data: A and B one that may be, TELE one that cannot. */
const [A, B, TELE] = [at("a.jpg"), at("b.jpg"), at("tele.jpg")];

async function writeWithFocal(path: string, sample: number, millimeters: number): Promise<void> {
  const photo = sharp(resolve(SAMPLE_PHOTOS, `courtyard-${sample}.jpg`));
  await photo.withExif({ IFD2: { FocalLengthIn35mmFilm: String(millimeters) } }).toFile(path);
}
/** In pixels of a photo of 640 x 480. */
const exifFocal = (millimeters: number) => (millimeters / Math.hypot(36, 24)) * 800;

beforeAll(async () => {
  await writeWithFocal(A, 1, 32);
  await writeWithFocal(B, 2, 32);
  await writeWithFocal(TELE, 3, 400);
});

const json = async (...args: readonly string[]) => JSON.parse(await dust3rOutput(...args, "--json", ...ON_CPU));

describe("the focal length in EXIF data", () => {
  test("focal: a prior, said, and not with --no-exif", async () => {
    const [ignored] = (await json("focal", A, "--no-exif")).images;
    const { images, warnings } = await json("focal", A);
    expect(warnings).toEqual([]);
    expect([ignored.focal_source, images[0].focal_source]).toEqual(["network", "exif"]);
    const distance = (focal: number) => Math.abs(Math.log(focal / exifFocal(32)));
    expect(distance(images[0].focal)).toBeLessThan(0.2 * distance(ignored.focal));
    expect(await dust3rOutput("focal", A, ...ON_CPU)).toMatch(/a\.jpg: .* pixels, .* wide, with its EXIF data/);
  });

  test("focal: one that cannot be is not believed, and that is said", async () => {
    const { images, warnings } = await json("focal", TELE);
    expect(images[0].focal_source).toBe("network");
    expect(warnings).toEqual([
      expect.stringMatching(/tele\.jpg: its EXIF data say a focal length of 7396 pixels, but/),
    ]);
  });

  test("pose: the focal lengths that were used, and where they come from", async () => {
    const { images, warnings } = await json("pose", A, TELE);
    expect(images.map(({ file, focal_source }: Record<string, string>) => [file, focal_source])).toEqual([
      ["a.jpg", "exif"],
      ["tele.jpg", "network"],
    ]);
    expect(images[0].focal / exifFocal(32)).toBeCloseTo(1, 1);
    expect(warnings).toContainEqual(expect.stringMatching(/tele\.jpg: its EXIF data say/));
    const ignored = await json("pose", A, TELE, "--no-exif");
    expect(ignored.images[0].focal_source).toBe("network");
    expect(ignored.warnings).toEqual([]);
  });

  test("reconstruct: one that cannot be is not believed, and that is said", async () => {
    const scene = await json("reconstruct", A, B, TELE, "-o", at("tele"), "--dense", "none", "--export", "depth");
    expect(scene.warnings).toContainEqual(expect.stringMatching(/The EXIF data of tele\.jpg say a focal length/));
    expect(scene.images[2].focal_source).not.toBe("exif");
  });
});
