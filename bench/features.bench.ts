/**
 * Local features and their matching, in seconds of processor time on one core, whatever else the machine does: the least of
 * some runs in one process, so that compilation does not count. The photos are the examples. In the picture of spots more
 * features are found than are kept; noise is poor in features and thus looked at enlarged, too, at four times the cost.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { decodeImage } from "#platform";
import { gaussian, type Random, seededRandom } from "../src/core/random.ts";
import type { RgbImage } from "../src/core/rgb-image.ts";
import { detectFeatures } from "../src/features/detect-features.ts";
import { matchFeatures } from "../src/features/match-features.ts";
import { blobPicture, randomBlobs } from "../test/blob-picture.ts";
import { randomFeatures } from "../test/random-features.ts";

const RUNS = 5;
const SECONDS_PER_MEGAPIXEL = 0.25;
const MATCHING = [
  { count: 3000, seconds: 0.15 },
  { count: 8192, seconds: 1.2 },
];

const random = seededRandom("features");
const photos = join(import.meta.dirname, "../examples/photos");
for (const name of readdirSync(photos).filter((file) => file.endsWith(".jpg"))) {
  detection(name, await decodeImage(join(photos, name)));
}
const size = { width: 1600, height: 1200 };
detection("spots", blobPicture(randomBlobs(random, 20_000, size), size));
detection("noise", noise(random));
for (const { count, seconds } of MATCHING) {
  const [a, b] = [randomFeatures(random, count), randomFeatures(random, count)];
  report(
    `matching ${count} x ${count}`,
    leastSeconds(() => matchFeatures(a, b)),
    seconds,
  );
}

function detection(name: string, image: RgbImage): void {
  const megapixels = (image.width * image.height) / 1e6;
  const { count } = detectFeatures(image);
  const seconds = leastSeconds(() => detectFeatures(image));
  const what = `${name}, ${image.width}x${image.height}, ${count} features, per megapixel`;
  report(what, seconds / megapixels, SECONDS_PER_MEGAPIXEL);
}

function noise(source: Random): RgbImage {
  return {
    width: 800,
    height: 600,
    rgb: Uint8Array.from({ length: 3 * 800 * 600 }, () => 128 + 40 * gaussian(source)),
  };
}

function leastSeconds(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

function report(what: string, seconds: number, toReach: number): void {
  console.log(`${what}: ${seconds.toFixed(3)} s (to reach: ${toReach} s)`);
}
