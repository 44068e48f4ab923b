/**
 * Bundle adjustment: 100 photos and 30,000 points beside `colmap bundle_adjuster`, where that is installed, and the memory that
 * 1000 photos with a million observations need. Both minimize squared errors until a step gains less than a millionth.
 */
import { adjustBundle } from "../src/adjustment/adjust-bundle.ts";
import { reprojectionErrors } from "../src/adjustment/reprojection-errors.ts";
import { seededRandom } from "../src/core/random.ts";
import { adjustByColmap, hasColmap } from "../test/adjust-by-colmap.ts";
import { type BundleSceneOptions, bundleScene, disturb } from "../test/bundle-scene.ts";

const FREE = { focal: true, principalPoint: false, distortion: true };
const SQUARES = { lossScale: Number.POSITIVE_INFINITY };

function scene(options: BundleSceneOptions) {
  const random = seededRandom("bundle adjustment");
  const truth = bundleScene(random, { ...options, lens: [-0.1, 0.02], free: FREE });
  return disturb(random, truth, { degrees: 0.3, distance: 0.02, focal: 0.02 });
}

async function timed(start: ReturnType<typeof scene>) {
  const from = performance.now();
  const result = await adjustBundle(start, SQUARES);
  return { ...result, seconds: (performance.now() - from) / 1000 };
}

for (const cameras of [1, 100]) {
  const start = scene({ photos: 100, points: 30_000, cameras });
  const { cost, iterations, seconds } = await timed(start);
  console.log(
    `100 photos, ${cameras} cameras, ${start.observations.photo.length} observations: ${seconds.toFixed(1)} s, ` +
      `${iterations} steps, cost ${cost.toFixed(2)}`,
  );
  if (!hasColmap()) continue;
  const colmap = adjustByColmap(start);
  const colmaps = reprojectionErrors(colmap.bundle).reduce((sum, error) => sum + error ** 2 / 2, 0);
  console.log(`  COLMAP: ${colmap.seconds.toFixed(1)} s, ${colmap.iterations} steps, cost ${colmaps.toFixed(2)}`);
  console.log(`  time / COLMAP's: ${(seconds / colmap.seconds).toFixed(2)} (to reach: 1.5)`);
  console.log(`  cost / COLMAP's: ${(cost / colmaps).toFixed(6)} (to reach: 1 ± 0.001)`);
}

const large = scene({ photos: 1000, points: 160_000, longestTrack: 8 });
const before = process.memoryUsage().rss;
const { iterations, seconds } = await timed(large);
const peak = process.resourceUsage().maxRSS / 1e6;
console.log(
  `1000 photos, ${large.observations.photo.length} observations: ${seconds.toFixed(1)} s, ${iterations} steps; the program's ` +
    `memory ${peak.toFixed(2)} GB at most, ${(before / 1e9).toFixed(2)} GB before (to reach: 1)`,
);
