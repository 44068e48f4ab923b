import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import sharp, { type Sharp } from "sharp";
import { seededRandom } from "../../src/core/random.ts";

/** The photos that ship with the package: four views of one courtyard, 640x480. */
export const SAMPLE_PHOTOS: string = resolve(import.meta.dirname, "../../examples/photos");

/** A picture with structure at every scale, different for every seed. */
export function texture(seed: string, width = 160, height = 120): Sharp {
  const random = seededRandom(seed);
  const waves = Array.from({ length: 12 }, (_, i) => {
    const frequency = 0.02 * 1.4 ** i;
    const angle = 2 * Math.PI * random();
    return { x: frequency * Math.cos(angle), y: frequency * Math.sin(angle), phase: 9 * random(), channel: i % 3 };
  });
  const rgb = new Uint8Array(width * height * 3).fill(128);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (const wave of waves) rgb[3 * pixel + wave.channel]! += 30 * Math.sin(wave.x * x + wave.y * y + wave.phase);
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

/** Writes a picture in the format that the file's extension names, and gives its path back. */
export async function savePhoto(path: string, picture: Sharp = texture(path)): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await picture.toFile(path);
  return path;
}
