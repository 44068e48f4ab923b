/**
 * What writing costs: three 12-megapixel photos, made of the sample photos, reconstructed and written with the default
 * files. Prints the seconds of the whole run and the share of them that writing takes.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp from "sharp";
import { reconstruct, writeSceneFolder } from "../src/index.ts";

const folder = await mkdtemp(join(tmpdir(), "dust3r-export-bench-"));
try {
  const photos: string[] = [];
  for (const i of [1, 2, 3]) {
    const sample = resolve(import.meta.dirname, `../examples/photos/courtyard-${i}.jpg`);
    photos.push(join(folder, `${i}.jpg`));
    await sharp(sample).resize(4000, 3000).jpeg({ quality: 90 }).toFile(photos.at(-1)!);
  }
  const start = performance.now();
  const result = await reconstruct(photos, { device: "cpu" });
  const between = performance.now();
  const { files } = await writeSceneFolder(result, join(folder, "scene"));
  const end = performance.now();
  const [whole, writing] = [(end - start) / 1000, (end - between) / 1000];
  console.log(
    `three 12-megapixel photos, ${files.length} files: ${whole.toFixed(1)} s, ${writing.toFixed(1)} s of them writing`,
  );
  console.log(`ratio ${(writing / whole).toFixed(2)} (writing / whole)`);
} finally {
  await rm(folder, { recursive: true });
}
