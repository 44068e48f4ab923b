import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import sharp from "sharp";
import { seededRandom } from "../src/core/random.ts";
import type { Size } from "../src/core/view.ts";
import { centeredIntrinsics } from "../src/geometry/camera.ts";
import type { KnownPhoto } from "./oracle-network.ts";
import { roomCameras, roomDepth } from "./synthetic-pairs.ts";

/** What photos of one room would show, of one size and focal length. */
export function roomPhotos(
  count: number,
  { focal, ...size }: Size & { readonly focal: number },
  seed = "room",
): KnownPhoto[] {
  const sizes = Array.from({ length: count }, () => size);
  return roomCameras(sizes, seed).map(({ worldFromCam }) => ({
    ...size,
    intrinsics: centeredIntrinsics(size, focal),
    worldFromCam,
    depth: roomDepth({ size, focal, worldFromCam }),
  }));
}

/** Writes a file, its folders included. */
export async function writeInto(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** Writes a photo of noise, in the format of its extension. */
export async function writePhoto(path: string, { width, height }: Size): Promise<void> {
  const random = seededRandom(path);
  const data = Uint8Array.from({ length: 3 * width * height }, () => 256 * random());
  await mkdir(dirname(path), { recursive: true });
  await sharp(data, { raw: { width, height, channels: 3 } }).toFile(path);
}

/** Writes a photo of a brightness `[height, width]`, in the format of its extension. */
export async function writeGrayPhoto(
  path: string,
  { width, height, gray }: Size & { readonly gray: Uint8Array },
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await sharp(gray, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 95 })
    .toFile(path);
}

/** Writes a gray PNG of 16 bits with libvips, which no reader of ours has anything to do with. */
export async function writeGray16(path: string, { width, height }: Size, values: ArrayLike<number>): Promise<void> {
  const data = Uint16Array.from(values);
  await mkdir(dirname(path), { recursive: true });
  await sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toFile(path);
}
