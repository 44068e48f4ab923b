import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeImage } from "#platform";
import { blobPicture, randomBlobs } from "../../test/blob-picture.ts";
import { FormatError, InputError } from "../core/errors.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { seededRandom } from "../core/random.ts";
import { detectFeatures } from "./detect-features.ts";
import { extractFeatures } from "./extract-features.ts";
import type { FeaturePhoto } from "./load-features.ts";
import { loadFeatures } from "./load-features.ts";

const size = { width: 240, height: 160 };
const raw = { ...size, channels: 3 } as const;
const drawn = blobPicture(randomBlobs(seededRandom("extracted"), 300, size), size);
let folder: string;
const photo = (name: string): FeaturePhoto => ({ picture: join(folder, name) });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-features-"));
  await sharp(drawn.rgb, { raw }).toFile(join(folder, "whole.png"));
  // Stored lying on its side.
  await sharp(drawn.rgb, { raw }).rotate(270).withMetadata({ orientation: 6 }).toFile(join(folder, "turned.png"));
  const alpha = Uint8Array.from({ length: 240 * 160 }, (_, i) => (i % 240 < 120 ? 0 : 255));
  const mask = { raw: { ...size, channels: 1 } } as const;
  await sharp(drawn.rgb, { raw }).joinChannel(Buffer.from(alpha), mask).toFile(join(folder, "half.png"));
  await writeFile(join(folder, "broken.jpg"), "not a photo");
});
afterAll(() => rm(folder, { recursive: true }));

describe("the features of a photo", () => {
  test("are those of its pixels, however it is stored", async () => {
    const expected = detectFeatures(drawn);
    expect(expected.count).toBeGreaterThan(100);
    expect(await loadFeatures(photo("whole.png"))).toEqual(expected);
    expect(await loadFeatures(photo("turned.png"))).toEqual(expected);
  });

  test("lie where it is opaque", async () => {
    const [half, whole] = [await loadFeatures(photo("half.png")), await loadFeatures(photo("whole.png"))];
    const opaque = Array.from(whole.scales.keys()).filter((i) => Math.round(whole.positions[2 * i]!) >= 120);
    expect(half.count).toBe(opaque.length);
    expect(half.scales).toEqual(Float32Array.from(opaque, (i) => whole.scales[i]!));
    expect(half.descriptors.subarray(0, 128)).toEqual(
      whole.descriptors.subarray(128 * opaque[0]!, 128 * opaque[0]! + 128),
    );
  });

  test("are those of the photo with its lines made straight", async () => {
    const intrinsics = { fx: 200, fy: 200, cx: 119.5, cy: 79.5 };
    const lens = { ...size, intrinsics, distortion: { model: "radial", k: [0], p: [0, 0] } } as const;
    const same = await loadFeatures({ ...photo("whole.png"), straightening: { lens, pinhole: intrinsics } });
    expect(same).toEqual(await loadFeatures(photo("whole.png")));
    const pinhole = { ...intrinsics, fx: 250, fy: 250 };
    const other = await loadFeatures({ ...photo("whole.png"), straightening: { lens, pinhole } });
    expect(other.descriptors).not.toEqual(same.descriptors);
  });
});

describe("extracting features", () => {
  test("gives those of each photo in order, and tells of every one", async () => {
    const events: ProgressEvent[] = [];
    const photos = [photo("whole.png"), photo("half.png"), photo("whole.png")];
    const options = { featureSize: 200, maxFeatures: 60, workers: 2 };
    const features = await extractFeatures(photos, { ...options, onProgress: (event) => events.push(event) });
    expect(features).toEqual(await Promise.all(photos.map((one) => loadFeatures(one, options))));
    expect(events.map(({ stage, done, total }) => [stage, done, total])).toEqual(
      [1, 2, 3].map((done) => ["features", done, 3]),
    );
    expect(await extractFeatures([])).toEqual([]);
  });

  test("names a photo that cannot be read", async () => {
    const photos = [photo("whole.png"), photo("broken.jpg")];
    const failure = await extractFeatures(photos, { workers: 1 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toContain("broken.jpg");
    await expect(loadFeatures(photo("broken.jpg"))).rejects.toBeInstanceOf(FormatError);
  });

  test("ends at once when it is aborted", async () => {
    const controller = new AbortController();
    const running = extractFeatures([photo("whole.png"), photo("half.png")], { workers: 2, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    await expect(extractFeatures([photo("whole.png")], { signal: controller.signal })).rejects.toThrow("enough");
  });

  test("takes bytes for a photo", async () => {
    const bytes = await sharp(drawn.rgb, { raw }).png().toBuffer();
    const [features] = await extractFeatures([{ picture: { name: "bytes", bytes } }]);
    expect(features).toEqual(detectFeatures(await decodeImage({ name: "bytes", bytes })));
  });
});
