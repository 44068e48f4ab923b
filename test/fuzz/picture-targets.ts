import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { readExif } from "../../src/images/read-exif.ts";
import { decodeImageBytes, openPhoto } from "../../src/platform/node/image-codec.ts";
import { repairPng } from "./format-targets.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

/** A picture of every format that photos come in, decoded from memory and from a file. */
export async function pictureTargets(): Promise<Readonly<Record<string, FuzzTarget>>> {
  const raw = { width: 24, height: 16, channels: 3 } as const;
  const pixels = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => (i * 7) % 256);
  const exif = { IFD0: { Make: "A", Model: "B" }, IFD2: { FocalLength: "35/1", FocalLengthIn35mmFilm: "50" } };
  const picture = () => sharp(pixels, { raw }).withExif(exif);
  const saved: Readonly<Record<string, readonly Buffer[]>> = {
    jpeg: [await picture().jpeg().toBuffer(), await picture().jpeg({ progressive: true }).toBuffer()],
    png: [await picture().png().toBuffer(), await picture().png({ progressive: true }).toBuffer()],
    webp: [await picture().webp().toBuffer(), await picture().webp({ lossless: true }).toBuffer()],
    tiff: [
      await picture().tiff({ compression: "deflate" }).toBuffer(),
      await picture().tiff({ compression: "lzw" }).toBuffer(),
    ],
    gif: [await sharp(pixels, { raw }).gif().toBuffer()],
    avif: [await picture().avif({ effort: 0 }).toBuffer()],
    heic: [readFileSync(new URL("../fixtures/gradient.heic", import.meta.url))],
  };
  return Object.fromEntries(
    Object.entries(saved).map(([format, files]) => {
      const target: FuzzTarget = { files, read: (bytes) => readPicture(bytes, format === "heic") };
      return [`picture (${format})`, format === "png" ? { ...target, repair: repairPng } : target];
    }),
  );
}

async function readPicture(bytes: Uint8Array, fromFileOnly: boolean): Promise<void> {
  const path = join(tmpdir(), `dust3r-fuzz-${process.pid}`);
  await writeFile(path, bytes);
  try {
    const { exif, decode, ...size } = await openPhoto(path);
    if (exif !== undefined) await readExif(exif, size);
    await decode({ reducedTo: { width: 8, height: 8 } });
    if (!fromFileOnly) await decodeImageBytes(bytes, path);
  } finally {
    await rm(path);
  }
}
