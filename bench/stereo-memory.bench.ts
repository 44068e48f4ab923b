/**
 * Peak memory of the main process of dense stereo by the number of photos, with maps kept in a folder: photos of 1024x768 that look at
 * walls of their own two by two, so that each has one source. Every number is a process of its own:
 * `npx tsx --conditions=source bench/stereo-memory.bench.ts 4 40`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeJpeg, folderStore, peakMemory } from "#platform";
import { rigidPose } from "../src/geometry/pose.ts";
import { rotationFromVector } from "../src/geometry/rotation.ts";
import { estimateDepthMaps } from "../src/stereo/estimate-depth-maps.ts";
import type { StereoPhoto } from "../src/stereo/stereo-photo.ts";
import { plane, texturedView } from "../test/textured-views.ts";

const MOST_MEGABYTES = 600;
const SIZE = { width: 1024, height: 768 };
const NETWORK = { width: 16, height: 12 };
const [first, ...others] = process.argv.slice(2).map(Number);

if (others.length > 0) {
  for (const count of [first, ...others])
    spawnSync(process.execPath, [...process.execArgv, process.argv[1]!, String(count)], { stdio: "inherit" });
} else await measure(first ?? 4);

async function measure(count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-stereo-memory-"));
  try {
    const pair = await Promise.all([0, 0.4].map(photoAt));
    // Walls are too far from each other for one to be seen from before another.
    const photos = Array.from({ length: count }, (_, i): StereoPhoto => {
      const worldFromCam = rigidPose(rotationFromVector([0, 0, 0]), [1000 * (i >> 1) + 0.4 * (i & 1), 0, 0]);
      return { ...pair[i & 1]!, worldFromCam };
    });
    const store = { store: folderStore(folder), key: "stereo" };
    const { maps, points } = await estimateDepthMaps(photos, { store });
    for (const { load } of maps) await load();
    const megabytes = Math.round(peakMemory() / 2 ** 20);
    console.log(
      `${count} photos, ${points.photos.length} points: ${megabytes} MB at most in the main process (to reach: ${MOST_MEGABYTES})`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function photoAt(x: number): Promise<StereoPhoto> {
  const view = texturedView(rigidPose(rotationFromVector([0, 0, 0]), [x, 0, 0]), [plane([0.2, 0.1, 1], 4)], SIZE);
  const rgb = Uint8Array.from({ length: 3 * view.gray.length }, (_, i) => view.gray[Math.floor(i / 3)]!);
  const depth = new Float32Array(NETWORK.width * NETWORK.height).fill(4);
  return {
    picture: { name: `${x}.jpg`, bytes: await encodeJpeg({ ...SIZE, rgb }, 95) },
    original: SIZE,
    intrinsics: view.intrinsics,
    worldFromCam: view.worldFromCam,
    network: { ...NETWORK, depth, confidence: depth.map(() => 2) },
  };
}
