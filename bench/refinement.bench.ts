/**
 * Refining the cameras of twelve photos of 800x600: features, verified pairs and bundle adjustment, beside all of COLMAP's
 * (features, exhaustive matching, mapper) on the same photos in the same run, where it is installed. A folder of photos of
 * one's own may be given instead: `npx tsx --conditions=source bench/refinement.bench.ts photos/`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeJpeg } from "#platform";
import { reconstruct } from "../src/pipeline/reconstruct.ts";
import { generateScene } from "../src/procedural/generate-scene.ts";

const SECONDS = 6;
const SHARE_OF_COLMAP = 0.15;

const work = mkdtempSync(join(tmpdir(), "dust3r-refinement-"));
try {
  const photos = process.argv[2] ?? (await drawnPhotos(join(work, "photos")));
  const { scene, run } = await reconstruct([photos], { device: "cpu", dense: "none" });
  const ours = run.timings.refinement!;
  const refined = scene.images.filter(({ poseSource }) => poseSource === "refined").length;
  console.log(
    `${scene.images.length} photos: ${ours.toFixed(1)} s to refine ${refined} cameras on ${scene.tracks?.count ?? 0} points; ` +
      `the limit for twelve is ${SECONDS} s: ${(ours / SECONDS).toFixed(2)}`,
  );
  const theirs = colmapSeconds(photos);
  if (theirs === undefined) console.log("  colmap is not installed: nothing to compare");
  else {
    const ratio = ours / theirs;
    console.log(`  COLMAP: ${theirs.toFixed(1)} s; ratio ${ratio.toFixed(2)}, the limit is ${SHARE_OF_COLMAP}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function drawnPhotos(folder: string): Promise<string> {
  mkdirSync(folder);
  const { views } = generateScene(7, 0, { views: 12, width: 800, height: 600, collection: "photos", detail: 4 });
  for (const [i, view] of views.entries()) {
    writeFileSync(join(folder, `${String(i).padStart(2, "0")}.jpg`), await encodeJpeg(view, 95));
  }
  return folder;
}

function colmapSeconds(photos: string): number | undefined {
  if (spawnSync("colmap", ["help"]).status !== 0) return undefined;
  const database = join(work, "database.db");
  const model = join(work, "model");
  mkdirSync(model);
  const start = performance.now();
  const cpu = (what: string) => [`--${what}.use_gpu`, "0"];
  colmap(
    ["feature_extractor", "--database_path", database, "--image_path", photos],
    [...cpu("SiftExtraction"), "--ImageReader.single_camera", "1"],
  );
  colmap(["exhaustive_matcher", "--database_path", database], cpu("SiftMatching"));
  colmap(["mapper", "--database_path", database, "--image_path", photos, "--output_path", model]);
  return (performance.now() - start) / 1000;
}

/** COLMAP without a screen; that its mapper finds no model is an answer, too. */
function colmap(command: readonly string[], options: readonly string[] = []): void {
  spawnSync("colmap", [...command, ...options], { env: { ...process.env, QT_QPA_PLATFORM: "offscreen" } });
}
