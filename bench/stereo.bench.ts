/**
 * Dense depth of eight drawn photos of 1024x768 with exact truth, with the true cameras and with those that `reconstruct` refined
 * (only photos whose cameras are refined take part). Of the pixels that two photos see: how many are within 1 and 2 % of
 * their true depth, by stereo alone and with the network's filling; precision, completeness and F-score of what is marked as
 * measured. Scenes are named by number: `npx tsx --conditions=source bench/stereo.bench.ts 7 11`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeJpeg, peakMemory } from "#platform";
import type { Scene } from "../src/core/scene.ts";
import { medianRatio } from "../src/geometry/median-ratio.ts";
import { originalIntrinsics } from "../src/geometry/pixel-mapping.ts";
import { reconstruct } from "../src/pipeline/reconstruct.ts";
import type { Reconstruction } from "../src/pipeline/reconstruction.ts";
import { generateScene } from "../src/procedural/generate-scene.ts";
import { isSameDepth, reproject } from "../src/rgbd/reproject.ts";
import type { RgbdView } from "../src/rgbd/rgbd-view.ts";
import { type DenseMap, FROM_STEREO } from "../src/stereo/dense-map.ts";
import { estimateDepthMaps, type StereoDepth } from "../src/stereo/estimate-depth-maps.ts";
import { ownContrast } from "../src/stereo/own-contrast.ts";
import { openPlaneScorer } from "../src/stereo/plane-scorer.ts";
import { type StereoPhoto, stereoView } from "../src/stereo/stereo-photo.ts";

const SIZE = { width: 1024, height: 768 };
const SECONDS_PER_HALF_MEGAPIXEL = 6;
const numbers = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [7];

for (const number of numbers) await measure(number);

async function measure(number: number): Promise<void> {
  const drawn = { ...SIZE, views: 8, detail: 4, textureSize: 512, shadowSize: 512, casual: false };
  const { views: truth, kind } = generateScene(number, 0, { ...drawn, collection: "photos" });
  const folder = mkdtempSync(join(tmpdir(), "dust3r-stereo-"));
  try {
    const files = truth.map((_, i) => join(folder, `${i}.jpg`));
    for (const [i, view] of truth.entries()) writeFileSync(files[i]!, await encodeJpeg(view, 95));
    const { scene, views } = await reconstruct(files, { device: "cpu" });
    const refined = scene.images.flatMap(({ poseSource, registered }, i) =>
      registered && poseSource === "refined" ? [i] : [],
    );
    console.log(`scene ${number}, ${kind}: ${truth.length} photos, ${refined.length} with refined cameras`);
    if (number === numbers[0]) kernel(truth);
    const all = [...truth.keys()].filter((i) => scene.images[i]!.registered);
    const scale = trueScale(truth, scene, all);
    for (const [name, chosen, camera] of [
      ["true cameras", all, (i: number) => truth[i]!],
      ["refined cameras", refined, (i: number) => refinedCamera(scene, views, i)],
    ] as const) {
      const photos = chosen.map((i): StereoPhoto => {
        const { width, height, depth, confidence } = scene.images[i]!;
        const factor = name === "true cameras" ? scale : 1;
        const network = { width, height, depth: depth.map((z) => factor * z), confidence };
        return { picture: files[i]!, original: SIZE, network, ...camera(i) };
      });
      if (photos.length < 2) continue;
      const started = performance.now();
      const result = await estimateDepthMaps(photos);
      const seconds = (performance.now() - started) / 1000 / photos.length;
      const limit = (SECONDS_PER_HALF_MEGAPIXEL * SIZE.width * SIZE.height) / 5e5;
      console.log(`  ${name}: ${seconds.toFixed(1)} s a photo on two cores or more (to reach: ${limit.toFixed(1)} s)`);
      report(
        chosen.map((i) => truth[i]!),
        photos,
        result,
      );
    }
    console.log(`  peak memory of the main process: ${Math.round(peakMemory() / 2 ** 20)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refinedCamera({ images }: Scene, views: Reconstruction["views"], i: number) {
  const { intrinsics, worldFromCam } = images[i]!;
  return { intrinsics: originalIntrinsics(intrinsics, views[i]!.originalFromNetwork), worldFromCam };
}

/** The unit of the scene in meters, by depth. */
function trueScale(truth: readonly RgbdView[], { images }: Scene, chosen: readonly number[]): number {
  return medianRatio(
    chosen.flatMap((i) => {
      const { width, height, depth } = images[i]!;
      return Array.from(depth, (z, k) => ({ z, t: nearest(truth[i]!, { width, height }, k) }))
        .filter(({ z, t }) => z > 0 && t > 0)
        .map(({ z, t }) => [z, t] as const);
    }),
  );
}

function nearest({ width, depth }: RgbdView, of: { width: number; height: number }, k: number): number {
  const x = Math.floor((((k % of.width) + 0.5) * width) / of.width);
  const y = Math.floor(((Math.floor(k / of.width) + 0.5) * SIZE.height) / of.height);
  return depth[y * width + x]!;
}
